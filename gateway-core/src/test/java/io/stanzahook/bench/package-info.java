/**
 * The ends of a measurement, each a program of its own that {@code scripts/bench} starts: a bare
 * HTTP client as the ceiling, load generators on either side of an XMPP server, and a slow webhook.
 * Not run as tests.
 */
@NullMarked
package io.stanzahook.bench;

import org.jspecify.annotations.NullMarked;
