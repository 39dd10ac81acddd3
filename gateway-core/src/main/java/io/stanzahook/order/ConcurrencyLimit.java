package io.stanzahook.order;

/** How many calls may be in flight now: at least 1. Not thread-safe. */
public interface ConcurrencyLimit extends Permits {
  /**
   * A call has ended.
   *
   * @param now by {@link System#nanoTime}
   * @param nanos how long it took
   * @param inFlight calls that were in flight until now, this one included
   * @param outcome what its end says about the load
   */
  void callEnded(long now, long nanos, int inFlight, Outcome outcome);

  /** What the end of a call says about the load. */
  enum Outcome {
    /** It did its work, with or without success. The time that it took shows the load. */
    DONE,
    /** It was refused, timed out, or answered with a wish for less load. */
    OVERLOADED
  }

  /** The limit for a setting. */
  static ConcurrencyLimit of(Concurrency setting, long now) {
    return setting.automatic() ? new AdaptiveLimit(now) : new FixedLimit(setting.most());
  }

  /**
   * A fixed limit.
   *
   * @param limit calls in flight at most
   */
  record FixedLimit(int limit) implements ConcurrencyLimit {
    @Override
    public void callEnded(long now, long nanos, int inFlight, Outcome outcome) {
      // The limit does not change.
    }
  }
}
