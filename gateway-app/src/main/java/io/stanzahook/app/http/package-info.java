/**
 * The program's own HTTP server: metrics, health, the send API, administration and the console.
 * Each endpoint is a class.
 *
 * <p>Threading: endpoints are called on the event loop of this server. They must not block. Slow
 * work delays other requests to this server, but no stanza.
 */
@NullMarked
package io.stanzahook.app.http;

import org.jspecify.annotations.NullMarked;
