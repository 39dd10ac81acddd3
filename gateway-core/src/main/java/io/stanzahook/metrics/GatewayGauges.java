package io.stanzahook.metrics;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Where the values of the moment are read, on each scrape and on its thread.
 *
 * @param inFlight webhook calls in flight
 * @param concurrencyLimit webhook calls in flight at most, as set now
 * @param breakerState where the webhook's breaker stands: 0 closed, 1 half-open, 2 open
 * @param queued stanzas waiting for a call, the first or another
 * @param oldestQueuedNanos how long the oldest of them has waited, in nanoseconds
 */
public record GatewayGauges(
    IntSupplier inFlight,
    IntSupplier concurrencyLimit,
    IntSupplier breakerState,
    IntSupplier queued,
    LongSupplier oldestQueuedNanos) {}
