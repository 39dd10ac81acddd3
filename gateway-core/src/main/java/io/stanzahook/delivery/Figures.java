package io.stanzahook.delivery;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How a dispatcher stands, for other threads to read: written at the end of each turn, several
 * times a stanza, so without waiting until the other threads see it (a volatile write does).
 */
final class Figures {
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger limit = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong oldestWaiting = new AtomicLong();

  void set(int callsNow, int limitNow, int waitingNow, @Nullable Delivery oldest) {
    calls.setRelease(callsNow);
    limit.setRelease(limitNow);
    if (oldest != null) {
      oldestWaiting.setRelease(oldest.received);
    }
    waiting.setRelease(waitingNow);
  }

  int calls() {
    return calls.get();
  }

  int limit() {
    return limit.get();
  }

  int waiting() {
    return waiting.get();
  }

  /** How long the oldest has waited, in nanoseconds; 0 where none waits. */
  long oldestNanos(long now) {
    return waiting.get() == 0 ? 0 : Math.max(0, now - oldestWaiting.get());
  }
}
