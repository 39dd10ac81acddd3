package io.stanzahook.dispatch;

import org.jspecify.annotations.Nullable;

/** How a dispatcher stands, for other threads to read: written at the end of each turn. */
final class Figures {
  private volatile int calls;
  private volatile int limit;
  private volatile int waiting;
  private volatile long oldestWaiting;

  void set(int callsNow, int limitNow, int waitingNow, @Nullable Delivery oldest) {
    calls = callsNow;
    limit = limitNow;
    if (oldest != null) {
      oldestWaiting = oldest.received;
    }
    waiting = waitingNow;
  }

  int calls() {
    return calls;
  }

  int limit() {
    return limit;
  }

  int waiting() {
    return waiting;
  }

  /** How long the oldest has waited, in nanoseconds; 0 where none waits. */
  long oldestNanos(long now) {
    return waiting == 0 ? 0 : Math.max(0, now - oldestWaiting);
  }
}
