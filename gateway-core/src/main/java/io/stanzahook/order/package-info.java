/**
 * Order per key with bounded permits, the number of permits, and timers. This package knows neither
 * XMPP nor HTTP.
 *
 * <p>Threading: everything of one {@link io.stanzahook.order.KeyedOrder} happens in its {@link
 * io.stanzahook.order.Turns}, one at a time, on whichever thread brings the step.
 *
 * <p>API: {@code Concurrency}. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.order;

import org.jspecify.annotations.NullMarked;
