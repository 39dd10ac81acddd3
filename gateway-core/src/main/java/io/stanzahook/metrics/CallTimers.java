package io.stanzahook.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The timers of webhook calls by outcome and status, found by index, so that a call creates no
 * string. A timer is registered when its outcome and status are first seen.
 */
final class CallTimers {
  /** The label's value for a 2xx that was understood. */
  static final String OK = "ok";

  /** The label's value where no response came. */
  static final String NO_STATUS = "none";

  private final ByStatus answered;
  private final Map<Outcome, ByStatus> failed = new EnumMap<>(Outcome.class);

  CallTimers(MeterRegistry registry, Tags tags) {
    answered = new ByStatus(registry, tags.and("outcome", OK));
    for (Outcome outcome : Outcome.values()) {
      failed.put(outcome, new ByStatus(registry, tags.and("outcome", outcome.label())));
    }
    // So that the series is there before the first call.
    answered.timer(200);
  }

  Timer of(WebhookResult result) {
    ByStatus timers =
        result instanceof WebhookResult.Failed failure
            ? Objects.requireNonNull(failed.get(failure.outcome()))
            : answered;
    return timers.timer(result.status());
  }

  /** One outcome's timers: one for each three-digit status, and one for none. */
  private static final class ByStatus {
    private static final int MIN_STATUS = 100;
    private static final int MAX_STATUS = 999;

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicReferenceArray<Timer> timers =
        new AtomicReferenceArray<>(MAX_STATUS - MIN_STATUS + 2);

    ByStatus(MeterRegistry registry, Tags tags) {
      this.registry = registry;
      this.tags = tags;
    }

    Timer timer(int status) {
      int index = status >= MIN_STATUS && status <= MAX_STATUS ? status - MIN_STATUS + 1 : 0;
      Timer timer = timers.get(index);
      if (timer == null) {
        String label = index == 0 ? NO_STATUS : Integer.toString(status);
        // The registry gives the same timer to all who ask for it, so a race does no harm.
        timer = GatewayMeter.WEBHOOK_REQUEST.timer(registry, tags.and("status", label));
        timers.set(index, timer);
      }
      return timer;
    }
  }
}
