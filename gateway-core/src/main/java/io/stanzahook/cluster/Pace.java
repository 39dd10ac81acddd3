package io.stanzahook.cluster;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Rests between two requests to the brokers, so that what comes meanwhile goes or comes together:
 * at a thousand messages a second, requests of one record each would cost most of the time, here
 * and at the brokers. Where few records come, there is nothing to gather, and a rest would only
 * delay them.
 *
 * <p>Belongs to one thread, which it blocks.
 */
final class Pace {
  /** How long a rest is. */
  static final Duration REST = Duration.ofMillis(5);

  /** So many records at a time are followed by the next ones at once. */
  static final int MANY = 100;

  /** So many records a second are worth a rest. */
  static final int FAST = 250;

  /** Over how long the rate is measured. */
  static final Duration WINDOW = Duration.ofMillis(100);

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoTime;
  private final LongConsumer park;
  private long windowBegan;
  private long inWindow;
  private boolean fast;

  Pace() {
    this(System::nanoTime, LockSupport::parkNanos);
  }

  /** For tests, which have a clock of their own. */
  Pace(LongSupplier nanoTime, LongConsumer park) {
    this.nanoTime = nanoTime;
    this.park = park;
    this.windowBegan = nanoTime.getAsLong();
  }

  /** So many records went or came together. Returns when the next ones may. */
  void rest(int records) {
    if (records == 0) {
      return;
    }
    inWindow += records;
    long elapsed = nanoTime.getAsLong() - windowBegan;
    if (elapsed >= WINDOW.toNanos()) {
      fast = inWindow * SECOND >= FAST * elapsed;
      windowBegan += elapsed;
      inWindow = 0;
    }
    if (fast && records < MANY) {
      park.accept(REST.toNanos());
    }
  }
}
