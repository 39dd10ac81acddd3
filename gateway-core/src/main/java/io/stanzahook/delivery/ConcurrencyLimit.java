package io.stanzahook.delivery;

import io.stanzahook.exchange.WebhookResult;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How many calls may be in flight now. Not thread-safe. */
interface ConcurrencyLimit {

  /** The number of the moment, at least 1. */
  int limit();

  /**
   * A call has ended.
   *
   * @param now by {@link System#nanoTime}
   * @param nanos how long it took
   * @param inFlight calls that were in flight until now, this one included
   * @param outcome what its end says about the webhook
   */
  void callEnded(long now, long nanos, int inFlight, Outcome outcome);

  /** What the end of a call says about the webhook. */
  enum Outcome {
    /** It did its work, well or not: the time it took tells of its load. */
    DONE,
    /** It could not keep up: refused, timed out, or asked for less. */
    OVERLOADED;

    /** Statuses by which a webhook, or what stands before it, says that it is too much. */
    private static final Set<Integer> OVERLOADING =
        Set.of(408, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530);

    /** Of a call's result, null where it was cut short; of a batch, of most of its stanzas. */
    static Outcome of(@Nullable WebhookResult result) {
      if (result instanceof WebhookResult.AnsweredEach batch) {
        int overloaded = 0;
        for (int i = 0; i < batch.each().size(); i++) {
          overloaded += of(batch.each().get(i)) == OVERLOADED ? 1 : 0;
        }
        return 2 * overloaded > batch.each().size() ? OVERLOADED : DONE;
      }
      boolean overloaded =
          result == null
              || (result instanceof WebhookResult.Failed failed
                  && (!failed.outcome().isAnswer() || OVERLOADING.contains(failed.status())));
      return overloaded ? OVERLOADED : DONE;
    }
  }

  /** Of that setting. */
  static ConcurrencyLimit of(Concurrency setting, long now) {
    return setting.automatic() ? new AdaptiveLimit(now) : new FixedLimit(setting.most());
  }

  /**
   * What was set.
   *
   * @param limit calls in flight at most
   */
  record FixedLimit(int limit) implements ConcurrencyLimit {
    @Override
    public void callEnded(long now, long nanos, int inFlight, Outcome outcome) {
      // Whatever happens, it stays as it was set.
    }
  }
}
