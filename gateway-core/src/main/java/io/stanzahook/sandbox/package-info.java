/**
 * The two peers of a gateway, without installing anything: the server side of XEP-0114, and an echo
 * webhook. They serve the sandbox command, and tests that need a peer under their control.
 *
 * <p>Threading: the methods of {@link io.stanzahook.sandbox.ComponentServer} and {@link
 * io.stanzahook.sandbox.EchoWebhook} may be called on any thread; what a connection brings is
 * handled on its event loop, where {@link io.stanzahook.sandbox.ComponentServerListener} is called
 * too.
 *
 * <p>API: none; for tests of the gateway and of bots.
 */
@NullMarked
package io.stanzahook.sandbox;

import org.jspecify.annotations.NullMarked;
