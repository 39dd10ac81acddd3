package io.stanzahook.order;

/** How many calls may be in flight now: at least 1. Not thread-safe. */
public interface ConcurrencyLimit {
  /** The current number. */
  int limit();

  /**
   * A call has ended.
   *
   * @param now by {@link System#nanoTime}
   * @param nanos how long it took, which shows the load unless it was overloaded
   * @param inFlight calls that were in flight until now, this one included
   * @param overloaded whether it was refused, timed out, or answered with a wish for less load
   */
  void callEnded(long now, long nanos, int inFlight, boolean overloaded);

  /** The limit for a setting. */
  static ConcurrencyLimit of(Concurrency setting, long now) {
    return setting.automatic() ? new AdaptiveLimit(now) : new FixedLimit(setting.most());
  }

  /** A fixed limit. */
  record FixedLimit(int limit) implements ConcurrencyLimit {
    @Override
    public void callEnded(long now, long nanos, int inFlight, boolean overloaded) {
      // The limit does not change.
    }
  }
}
