/**
 * Stanzas to HTTP requests and HTTP responses to replies: the JSON mapping, the rules of what a
 * webhook may send, and the non-blocking client.
 *
 * <p>Threading: {@link io.stanzahook.webhook.Webhook#post} may be subscribed to on any thread and
 * completes on an event loop of the HTTP client; the rest is stateless.
 */
@NullMarked
package io.stanzahook.webhook;

import org.jspecify.annotations.NullMarked;
