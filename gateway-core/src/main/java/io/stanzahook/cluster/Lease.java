package io.stanzahook.cluster;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long this process may believe that it still owns its partitions. A commit that the
 * coordinator accepted proves that it did when the commit was sent; it may believe so for a second
 * less than the coordinator waits for a member that is silent. Both clocks count: the wall clock
 * goes on while a machine sleeps, and the other one cannot be set back.
 *
 * <p>Thread-safe.
 */
final class Lease {
  private final LongSupplier nanoTime;
  private final LongSupplier millis;
  private final long nanos;
  private volatile Sent sent;

  /** When something was sent, by both clocks. */
  record Sent(long nanoTime, long millis) {}

  Lease(Duration length, LongSupplier nanoTime, LongSupplier millis) {
    this.nanos = length.toNanos();
    this.nanoTime = nanoTime;
    this.millis = millis;
    // It has ended long ago.
    this.sent = new Sent(nanoTime.getAsLong() - 2 * nanos, millis.getAsLong() - length.toMillis());
  }

  /** Now: to be taken before something is sent. */
  Sent now() {
    return new Sent(nanoTime.getAsLong(), millis.getAsLong());
  }

  /** The coordinator accepted what was sent then. Called by one thread. */
  void renew(Sent accepted) {
    if (accepted.nanoTime() - sent.nanoTime() > 0) {
      sent = accepted;
    }
  }

  /** Whether this process may begin something that only the owner may do. */
  boolean isValid() {
    Sent last = sent;
    return nanoTime.getAsLong() - last.nanoTime() < nanos
        && millis.getAsLong() - last.millis() < nanos / 1_000_000;
  }
}
