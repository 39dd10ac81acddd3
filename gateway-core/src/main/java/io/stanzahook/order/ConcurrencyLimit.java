package io.stanzahook.order;

/** How many calls may be in flight now: at least 1. Not thread-safe. */
public interface ConcurrencyLimit extends Permits {
  /**
   * A call has ended.
   *
   * @param now by {@link System#nanoTime}
   * @param nanos how long it took
   * @param inFlight calls that were in flight until now, this one included
   * @param outcome what its end says about the one that is called
   */
  void callEnded(long now, long nanos, int inFlight, Outcome outcome);

  /** What the end of a call says about the one that is called. */
  enum Outcome {
    /** It did its work, well or not: the time it took tells of its load. */
    DONE,
    /** It could not keep up: refused, timed out, or asked for less. */
    OVERLOADED
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
