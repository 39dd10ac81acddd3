package io.stanzahook.metrics;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Where the values of the moment are read, on each scrape and on its thread.
 *
 * @param inFlight webhook calls in flight
 * @param concurrencyLimit webhook calls in flight at most, as set now
 * @param queued stanzas waiting for a call
 * @param oldestQueuedNanos how long the oldest of them has waited, in nanoseconds
 */
public record GatewayGauges(
    IntSupplier inFlight,
    IntSupplier concurrencyLimit,
    IntSupplier queued,
    LongSupplier oldestQueuedNanos) {}
