/**
 * Order per key with bounded permits, and time: which of many elements may be worked on now. Knows
 * neither XMPP nor HTTP.
 *
 * <p>Threading: everything of one {@link io.stanzahook.order.KeyedOrder} happens in its {@link
 * io.stanzahook.order.Turns}, one at a time, on whichever thread brings the step.
 *
 * <p>API: none; it may change.
 */
@NullMarked
package io.stanzahook.order;

import org.jspecify.annotations.NullMarked;
