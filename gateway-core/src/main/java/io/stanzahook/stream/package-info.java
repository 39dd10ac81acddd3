/**
 * XEP-0114: the handshake, one live connection, and the stream that outlives connections.
 *
 * <p>Threading: everything of a connection happens on its event loop, but the long calculations of
 * a TLS handshake, which Reactor's elastic threads do; {@link
 * io.stanzahook.stream.ComponentStream#send} may be called on any thread.
 *
 * <p>API: the settings, {@code StreamListener} with {@code ServerKind} and {@code WrittenStanza},
 * {@code StreamStatus}, and the exceptions. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.stream;

import org.jspecify.annotations.NullMarked;
