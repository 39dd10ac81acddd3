/**
 * {@code /upload}: stores a file at the upload service of the XMPP server, and sends its link.
 *
 * <p>Threading: the endpoint is called on the event loop of the server. It must not block.
 */
@NullMarked
package io.stanzahook.app.upload;

import org.jspecify.annotations.NullMarked;
