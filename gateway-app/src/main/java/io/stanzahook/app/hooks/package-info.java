/**
 * {@code /hooks}: what other programs post becomes a message. The formats are in {@code
 * app.formats}; here are the endpoint, the signatures of its requests, and the answers that Slack's
 * senders expect.
 *
 * <p>Threading: the endpoint is called on the event loop of the server. It must not block.
 */
@NullMarked
package io.stanzahook.app.hooks;

import org.jspecify.annotations.NullMarked;
