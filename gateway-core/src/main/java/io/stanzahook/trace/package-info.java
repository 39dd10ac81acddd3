/**
 * The place of deliveries and their attempts in traces (W3C Trace Context). {@link
 * io.stanzahook.trace.Tracing} derives the ids of a trace from the id of a delivery, so that no
 * state is needed. Knows neither XMPP nor HTTP.
 *
 * <p>Threading: everything is immutable, and any thread may use it.
 *
 * <p>API: all of it.
 */
@NullMarked
package io.stanzahook.trace;

import org.jspecify.annotations.NullMarked;
