package io.stanzahook.order;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Everything that is to happen later, with one timer of the scheduler, which is set for the next
 * event. Setting and cancelling cost the same, however many timers there are. Timers fire in the
 * order of their slots, and within a slot in the order in which they were set. They never fire too
 * early.
 *
 * <p>Not thread-safe: it belongs to the turns that it is given. Timers fire in these turns too.
 */
public final class Wheel {
  /** A slot's length: 2^25 ns, 34 ms. Timers are no less exact for it. */
  private static final int TICK_BITS = 25;

  private static final int SLOTS = 256;

  /** The shortest time for which the scheduler's timer is set. */
  private static final long MIN_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * The maximum number of timers that are examined to find the next one. Beyond it, the slot is
   * examined when its time comes.
   */
  private static final int MAX_LOOKED_AT = 1024;

  /** One event. It can be set for one time only. */
  public abstract static class Timer {
    private long at;
    private @Nullable Timer before;
    private @Nullable Timer after;

    /** Its time has come. It may be set again. */
    protected abstract void fire();

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

  /** The end of a circular list of timers. An empty list has only its end. */
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

  /** Timers that were taken out of their slots and have not fired yet. */
  private final End firing = new End();

  /** All ticks before this one were examined. */
  private long tick;

  private @Nullable Disposable armed;
  private long armedAt;

  /**
   * The scheduler's timer is not set: that follows, or never will because the wheel has stopped.
   */
  private boolean unarmed;

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

  /** Sets a timer to a time of the clock. If it is set already, it gets the new time. */
  public void set(Timer timer, long at) {
    timer.unlink();
    timer.at = at;
    timer.linkBefore(slot(Math.max(at >> TICK_BITS, tick)));
    if (!unarmed && (armed == null || at - armedAt < 0)) {
      arm(at);
    }
  }

  /** Like {@link #set}, for a step that happens once. */
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

  /** Cancels a timer. The scheduler's timer stays set, because finding nothing to do costs less. */
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

  /** Fires the timers that are due. If one throws, the others fire the next time, which is soon. */
  private void advance() {
    if (unarmed) {
      // It has stopped since the scheduler's timer fired.
      return;
    }
    disarm();
    unarmed = true;
    try {
      takeDue();
      for (Timer timer = firing.first(); timer != null; timer = firing.first()) {
        timer.unlink();
        timer.fire();
      }
    } finally {
      unarmed = false;
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
        // Timers of a later round fire when the wheel comes to this slot again.
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

  /** Stops: nothing fires any more. */
  public void stop() {
    unarmed = true;
    disarm();
  }
}
