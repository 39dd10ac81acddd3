package io.stanzahook.metrics;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Adds up the time between pause and resume. A pause that is still running counts too. */
final class PauseClock {
  private static final long RUNNING = Long.MIN_VALUE;

  private final LongSupplier nanoTime;
  private long totalNanos;
  private long since = RUNNING;

  PauseClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  synchronized void pause() {
    if (since == RUNNING) {
      since = nanoTime.getAsLong();
    }
  }

  synchronized void resume() {
    if (since != RUNNING) {
      totalNanos += nanoTime.getAsLong() - since;
      since = RUNNING;
    }
  }

  synchronized double seconds() {
    long nanos = since == RUNNING ? totalNanos : totalNanos + nanoTime.getAsLong() - since;
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
