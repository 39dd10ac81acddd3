/**
 * The program's own HTTP server: metrics and health, one class an endpoint.
 *
 * <p>Threading: endpoints are called on the server's event loop, which is its own: what takes long
 * here delays other requests to this server, and no stanza. They must not block.
 */
@NullMarked
package io.stanzahook.app.http;

import org.jspecify.annotations.NullMarked;
