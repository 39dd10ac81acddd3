/**
 * The other two sides of a gateway, without installing anything: the server half of XEP-0114 and a
 * webhook that echoes. For the sandbox command, and for tests as a peer that does what it is told.
 *
 * <p>Threading: the methods of {@link io.stanzahook.sandbox.ComponentServer} and {@link
 * io.stanzahook.sandbox.EchoWebhook} may be called on any thread; what a connection brings is
 * handled on its event loop, where {@link io.stanzahook.sandbox.ComponentServerListener} is called
 * too.
 */
@NullMarked
package io.stanzahook.sandbox;

import org.jspecify.annotations.NullMarked;
