package io.stanzahook.webhook;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Scheduler;

/**
 * The calls in flight. It limits their number, and ends those whose time is over: at each tick it
 * looks at all of them. There are a few hundred, so this costs less than a timer for each call,
 * which would hardly ever fire. It ticks only while there are calls.
 *
 * <p>Any thread may call it. Calls expire on the scheduler's thread.
 */
final class OpenCalls {

  /** What may expire. */
  interface Expiring {
    /** When, in terms of the clock that {@link OpenCalls} has. */
    long deadlineNanos();

    /**
     * Its time is over. This has no effect if it has ended already. The scheduler handles what this
     * throws.
     */
    void expire();
  }

  private final Scheduler scheduler;
  private final LongSupplier nanoClock;
  private final LongSupplier tickNanos;
  private final int limit;
  private final Set<Expiring> calls = ConcurrentHashMap.newKeySet();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean ticking = new AtomicBoolean();

  /**
   * Watches the time-outs of calls.
   *
   * @param scheduler where ticks happen
   * @param nanoClock what deadlines are compared to
   * @param tickNanos how late a call may expire, asked before each tick
   * @param limit the most calls open
   */
  OpenCalls(Scheduler scheduler, LongSupplier nanoClock, LongSupplier tickNanos, int limit) {
    this.scheduler = scheduler;
    this.nanoClock = nanoClock;
    this.tickNanos = tickNanos;
    this.limit = limit;
  }

  int limit() {
    return limit;
  }

  /** How many there are. */
  int size() {
    return size.get();
  }

  /** Whether there is room for it, and if so, takes it. */
  boolean add(Expiring call) {
    if (size.incrementAndGet() > limit) {
      size.decrementAndGet();
      return false;
    }
    calls.add(call);
    if (!ticking.get() && ticking.compareAndSet(false, true)) {
      scheduleTick();
    }
    return true;
  }

  /** Gives its place free; of one that was not taken, has no effect. */
  void remove(Expiring call) {
    if (calls.remove(call)) {
      size.decrementAndGet();
    }
  }

  private void scheduleTick() {
    scheduler.schedule(this::tick, tickNanos.getAsLong(), TimeUnit.NANOSECONDS);
  }

  private void tick() {
    try {
      expire();
    } finally {
      // Whatever a caller makes of its result: without a next tick, no call would ever time out.
      goOn();
    }
  }

  private void expire() {
    long now = nanoClock.getAsLong();
    for (Expiring call : calls) {
      if (call.deadlineNanos() - now <= 0) {
        call.expire();
      }
    }
  }

  private void goOn() {
    if (calls.isEmpty()) {
      ticking.set(false);
      // One may have come between the look and the flag, and trusted in this tick.
      if (calls.isEmpty() || !ticking.compareAndSet(false, true)) {
        return;
      }
    }
    scheduleTick();
  }
}
