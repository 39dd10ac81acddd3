package io.stanzahook.app.logging;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets so many lines of a kind through each second: a webhook that is down would otherwise log as
 * many lines as stanzas come in.
 */
final class LogThrottle {
  /** Lines let through each second. */
  static final int LINES_A_SECOND = 10;

  /** What {@link #pass} says where a line is held back. */
  static final int HELD_BACK = -1;

  private final LongSupplier nanoTime;
  private long secondStarted;
  private int passed;
  private int heldBack;

  LogThrottle(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.secondStarted = nanoTime.getAsLong();
  }

  /** Whether to log: {@link #HELD_BACK}, or how many lines were held back before this one. */
  synchronized int pass() {
    long now = nanoTime.getAsLong();
    if (now - secondStarted >= TimeUnit.SECONDS.toNanos(1)) {
      secondStarted = now;
      passed = 0;
    }
    if (passed >= LINES_A_SECOND) {
      heldBack++;
      return HELD_BACK;
    }
    passed++;
    int before = heldBack;
    heldBack = 0;
    return before;
  }
}
