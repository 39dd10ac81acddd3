/**
 * The send API: {@code /msg} and {@code /rest}. {@link io.stanzahook.app.send.Sender} is its heart:
 * it checks what a caller may send, and sends it.
 *
 * <p>Threading: endpoints are called on the event loop of the server. They must not block.
 */
@NullMarked
package io.stanzahook.app.send;

import org.jspecify.annotations.NullMarked;
