package io.stanzahook.order;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * All that is to happen later, under one timer of the scheduler, which is set for what comes next.
 * To set and to cancel costs the same however many wait. What is due comes in the order of its
 * slots, and within one in the order in which it was set; never too early.
 *
 * <p>Not thread-safe: belongs to the turns that it is given, in which timers fire, too.
 */
public final class Wheel {
  /** A slot's length: 2^25 ns, 34 ms. Timers are no less exact for it. */
  private static final int TICK_BITS = 25;

  private static final int SLOTS = 256;

  /** The scheduler's timer is set no shorter than this. */
  private static final long MIN_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

  /** Timers looked at, at most, to find the next one; past it the slot is looked at in its time. */
  private static final int MAX_LOOKED_AT = 1024;

  /** One thing that is to happen later; set once at a time. */
  public abstract static class Timer {
    private long at;
    private @Nullable Timer before;
    private @Nullable Timer after;

    /** Its time has come; it may be set again. */
    protected abstract void fire();

    /** Whether it is to fire. */
    public final boolean isSet() {
      return after != null;
    }

    private void linkBefore(Timer end) {
      Timer last = end.before == null ? end : end.before;
      before = last;
      after = end;
      last.after = this;
      end.before = this;
    }

    private void unlink() {
      Timer previous = before;
      Timer next = after;
      if (previous != null && next != null) {
        previous.after = next;
        next.before = previous;
      }
      before = null;
      after = null;
    }
  }

  /** The end of a list of timers, which goes round: an empty one has but its end. */
  private static final class End extends Timer {
    @Override
    protected void fire() {
      throw new IllegalStateException("not a timer");
    }

    private @Nullable Timer first() {
      return next(this);
    }

    private @Nullable Timer next(Timer timer) {
      Timer next = timer.after;
      return next == this ? null : next;
    }
  }

  private final LongSupplier nanoTime;
  private final Scheduler scheduler;
  private final Runnable due;
  private final End[] slots = new End[SLOTS];

  /** Taken out of their slots, not fired yet. */
  private final End firing = new End();

  /** All ticks before this one were looked at. */
  private long tick;

  private @Nullable Disposable armed;
  private long armedAt;
  private boolean advancing;

  /**
   * An empty wheel.
   *
   * @param nanoTime as {@link System#nanoTime}
   * @param scheduler for its one timer
   * @param turns where timers fire
   */
  public Wheel(LongSupplier nanoTime, Scheduler scheduler, Consumer<Runnable> turns) {
    this.nanoTime = nanoTime;
    this.scheduler = scheduler;
    Runnable advance = this::advance;
    this.due = () -> turns.accept(advance);
    this.tick = nanoTime.getAsLong() >> TICK_BITS;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new End();
    }
  }

  /** Sets a timer, anew where it is set already, to a time of the clock. */
  public void set(Timer timer, long at) {
    timer.unlink();
    timer.at = at;
    timer.linkBefore(slot(Math.max(at >> TICK_BITS, tick)));
    if (!advancing && (armed == null || at - armedAt < 0)) {
      arm(at);
    }
  }

  /** As {@link #set}, something that happens but once. */
  public Timer in(long nanos, Runnable step) {
    Timer timer =
        new Timer() {
          @Override
          protected void fire() {
            step.run();
          }
        };
    set(timer, nanoTime.getAsLong() + nanos);
    return timer;
  }

  /** It does not fire any more. The scheduler's timer stays: that it finds nothing costs less. */
  public void cancel(Timer timer) {
    timer.unlink();
  }

  private End slot(long ofTick) {
    return slots[(int) ofTick & (SLOTS - 1)];
  }

  private void arm(long at) {
    disarm();
    long delay = Math.max(MIN_DELAY, at - nanoTime.getAsLong());
    armedAt = at;
    armed = scheduler.schedule(due, delay, TimeUnit.NANOSECONDS);
  }

  private void disarm() {
    Disposable before = armed;
    if (before != null) {
      before.dispose();
      armed = null;
    }
  }

  /** Fires what is due. One that throws leaves the others for the next time, which comes soon. */
  private void advance() {
    disarm();
    advancing = true;
    try {
      takeDue();
      for (Timer timer = firing.first(); timer != null; timer = firing.first()) {
        timer.unlink();
        timer.fire();
      }
    } finally {
      advancing = false;
      armForNext();
    }
  }

  private void takeDue() {
    long now = nanoTime.getAsLong();
    long nowTick = now >> TICK_BITS;
    long from = Math.max(tick, nowTick - SLOTS + 1);
    for (long looked = from; looked <= nowTick; looked++) {
      End slot = slot(looked);
      for (Timer timer = slot.first(); timer != null; ) {
        Timer next = slot.next(timer);
        if (timer.at - now <= 0) {
          timer.unlink();
          timer.linkBefore(firing);
        }
        timer = next;
      }
    }
    tick = nowTick;
  }

  private void armForNext() {
    if (firing.first() != null) {
      arm(nanoTime.getAsLong());
      return;
    }
    int looked = 0;
    for (long each = tick; each < tick + SLOTS; each++) {
      End slot = slot(each);
      Timer soonest = null;
      for (Timer timer = slot.first(); timer != null; timer = slot.next(timer)) {
        looked++;
        // Those of a later round have their time when the wheel comes by again.
        if (timer.at >> TICK_BITS <= each && (soonest == null || timer.at - soonest.at < 0)) {
          soonest = timer;
        }
      }
      if (soonest != null || looked > MAX_LOOKED_AT) {
        arm(soonest == null ? (each + 1) << TICK_BITS : soonest.at);
        return;
      }
    }
    if (looked > 0) {
      arm((tick + SLOTS) << TICK_BITS);
    }
  }

  /** Nothing fires any more. */
  public void stop() {
    advancing = true;
    disarm();
  }
}
