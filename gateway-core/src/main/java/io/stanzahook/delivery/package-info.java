/**
 * From a stanza to its settled delivery: local services first, then the webhook, in order per
 * conversation and with bounded concurrency, again where a call failed in a way that may pass, then
 * the replies.
 *
 * <p>Threading: see {@link io.stanzahook.delivery.Dispatcher}.
 *
 * <p>API: the settings, {@code DeliveryListener} with what it tells, {@code DeadLetters} and {@code
 * JournalFigures}. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.delivery;

import org.jspecify.annotations.NullMarked;
