package io.stanzahook.metrics;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The sources of the gauges, read on each scrape and on its thread.
 *
 * @param inFlight webhook calls in flight
 * @param concurrencyLimit the current maximum of webhook calls in flight
 * @param breakerState the state of the webhook's breaker: 0 closed, 1 half-open, 2 open
 * @param queued stanzas that wait for a call, the first or another one
 * @param oldestQueuedNanos how long the oldest of them has waited, in nanoseconds
 */
public record GatewayGauges(
    IntSupplier inFlight,
    IntSupplier concurrencyLimit,
    IntSupplier breakerState,
    IntSupplier queued,
    LongSupplier oldestQueuedNanos) {}
