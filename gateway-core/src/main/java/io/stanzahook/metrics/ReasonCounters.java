package io.stanzahook.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The counters of one meter by its only label, for reasons that are not an enum. The label has a
 * limited number of values, whatever a server invents: beyond {@link #MAX_REASONS}, all others
 * count as one.
 */
final class ReasonCounters {
  /** Different reasons at most; RFC 6120 (4.9.3) has 25 stream conditions. */
  static final int MAX_REASONS = 64;

  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final GatewayMeter meter;
  private final Tags tags;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  ReasonCounters(MeterRegistry registry, GatewayMeter meter, Tags tags) {
    this.registry = registry;
    this.meter = meter;
    this.tags = tags;
  }

  /** Counts one event, and registers the counter if it is new. */
  void increment(String reason) {
    of(reason).increment();
  }

  /** The counter of that reason. */
  Counter of(String reason) {
    Counter known = counters.get(reason);
    if (known != null) {
      return known;
    }
    // Two threads may both pass this test: a bound that is exact to the number of threads will do.
    String label = counters.size() < MAX_REASONS ? reason : OTHER;
    return counters.computeIfAbsent(
        label, value -> meter.counter(registry, tags.and(meter.labels().get(0), value)));
  }
}
