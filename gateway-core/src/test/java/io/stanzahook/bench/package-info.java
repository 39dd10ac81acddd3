/**
 * The two ends of a measurement, each a program of its own that {@code scripts/bench} starts: a
 * bare HTTP client as the ceiling, and a load generator that plays the XMPP server. Not run as
 * tests.
 */
@NullMarked
package io.stanzahook.bench;

import org.jspecify.annotations.NullMarked;
