package io.stanzahook.app.interop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Bounded polling for conditions of other processes, which tell us nothing by themselves. */
final class Await {
  private static final long POLL_MILLIS = 20;

  private Await() {}

  /**
   * Returns once the condition holds.
   *
   * @param what is awaited, for the error
   * @throws AssertionError after the limit
   */
  static void until(String what, Duration limit, BooleanSupplier condition) {
    if (!holds(limit, condition)) {
      throw new AssertionError("not within " + limit.toMillis() + " ms: " + what);
    }
  }

  /** Whether the condition came to hold within the limit. */
  static boolean holds(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting", e);
      }
    }
    return true;
  }
}
