/**
 * Delivers stanzas. Local services are asked first. Then the webhook is called, in the order of
 * each conversation and with bounded concurrency, and once more after a failure that may pass. Then
 * the replies leave.
 *
 * <p>Threading: see {@link io.stanzahook.delivery.Dispatcher}.
 *
 * <p>API: the settings, {@code DeliveryListener}, {@code DeadLetters} with {@code DeadLetter},
 * {@code KeptStanza} and {@code Burial}, and {@code JournalFigures}. The rest is not, and may
 * change.
 */
@NullMarked
package io.stanzahook.delivery;

import org.jspecify.annotations.NullMarked;
