/**
 * The program's own HTTP server. It is the one place for routes, decoding, credentials, limits,
 * errors, traces and the metrics of requests. It knows no endpoint: those are in the packages of
 * their features ({@code admin}, {@code send}, {@code hooks}, {@code upload}), and {@code api} puts
 * them into one table.
 *
 * <p>Threading: endpoints are called on the event loop of this server. They must not block. Slow
 * work delays other requests to this server, but no stanza.
 */
@NullMarked
package io.stanzahook.app.http;

import org.jspecify.annotations.NullMarked;
