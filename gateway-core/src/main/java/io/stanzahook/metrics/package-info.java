/**
 * What the gateway counts and times: every meter is one constant of {@link
 * io.stanzahook.metrics.GatewayMeter}, from which its documentation is generated, and {@link
 * io.stanzahook.metrics.GatewayMetrics} feeds them. The registry is handed in.
 *
 * <p>Threading: the listener's methods may be called on any thread, several at once; gauges are
 * read on the thread that scrapes.
 *
 * <p>API: all of it.
 */
@NullMarked
package io.stanzahook.metrics;

import org.jspecify.annotations.NullMarked;
