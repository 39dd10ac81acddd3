package io.stanzahook.delivery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The deliveries that wait for their next attempt, in the order in which they are due, with one
 * timer for all. They hold their conversations, but no place of the concurrency; their number is
 * bounded by that of the deliveries that are let in.
 *
 * <p>Not thread-safe; only the timer's call comes on the scheduler's thread.
 */
final class RetryQueue {
  /** The timer is set no shorter than this. */
  private static final long LEAST_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

  private final Scheduler scheduler;
  private final LongSupplier nanoTime;
  private final LongConsumer due;

  private final TreeSet<Delivery> byDue =
      new TreeSet<>(
          ((Comparator<Delivery>) (a, b) -> Long.signum(a.dueAt - b.dueAt))
              .thenComparing(d -> d.webhookId));

  private final TreeSet<Delivery> byAge =
      new TreeSet<>(
          ((Comparator<Delivery>) (a, b) -> Long.signum(a.received - b.received))
              .thenComparing(d -> d.webhookId));

  private @Nullable Disposable timer;
  private long timerAt;

  /** Timers ever set: one whose call comes late is told from the one that took its place. */
  private long timers;

  private int kept;

  /**
   * None yet.
   *
   * @param due told, on the scheduler's thread, when {@link #poll} may have something, and by which
   *     timer
   */
  RetryQueue(Scheduler scheduler, LongSupplier nanoTime, LongConsumer due) {
    this.scheduler = scheduler;
    this.nanoTime = nanoTime;
    this.due = due;
  }

  int size() {
    return byDue.size();
  }

  /** How many of them the spool keeps. */
  int kept() {
    return kept;
  }

  /** The one received first, or null. */
  @Nullable Delivery oldest() {
    return byAge.isEmpty() ? null : byAge.first();
  }

  /**
   * Lets a delivery wait.
   *
   * @param dueAt when its next attempt may begin
   * @param deadline when it may not any more
   */
  void add(Delivery delivery, long dueAt, long deadline) {
    delivery.dueAt = dueAt;
    delivery.retryUntil = deadline;
    byDue.add(delivery);
    byAge.add(delivery);
    kept += delivery.isKept() ? 1 : 0;
  }

  private void remove(Delivery delivery) {
    byDue.remove(delivery);
    byAge.remove(delivery);
    kept -= delivery.isKept() ? 1 : 0;
  }

  /** Takes the delivery that is due first, or null where none is due yet. */
  @Nullable Delivery poll() {
    if (byDue.isEmpty()) {
      return null;
    }
    Delivery first = byDue.first();
    if (first.dueAt - nanoTime.getAsLong() > 0) {
      return null;
    }
    remove(first);
    return first;
  }

  /** Takes out those that were due and found no place until it was too late for them. */
  void expire(Consumer<Delivery> expired) {
    long now = nanoTime.getAsLong();
    List<Delivery> late = new ArrayList<>();
    for (Delivery delivery : byDue) {
      if (delivery.dueAt - now > 0) {
        break;
      }
      if (delivery.retryUntil - now <= 0) {
        late.add(delivery);
      }
    }
    late.forEach(this::remove);
    late.forEach(expired);
  }

  /** Takes out those that the spool keeps. */
  void removeKept(Consumer<Delivery> each) {
    List<Delivery> all = byAge.stream().filter(Delivery::isKept).toList();
    all.forEach(this::remove);
    all.forEach(each);
  }

  /** Takes out all, the oldest first. */
  void clear(Consumer<Delivery> each) {
    List<Delivery> all = List.copyOf(byAge);
    byDue.clear();
    byAge.clear();
    kept = 0;
    all.forEach(each);
  }

  /**
   * Sets the timer to the next one. To be called whenever something may have changed.
   *
   * @param placeFree whether a call could begin: else whoever frees a place will look here
   */
  void arm(boolean placeFree) {
    if (byDue.isEmpty() || !placeFree) {
      disarm();
      return;
    }
    long now = nanoTime.getAsLong();
    long next = Math.max(byDue.first().dueAt - now, LEAST_DELAY) + now;
    if (timer != null && timerAt - next <= 0) {
      return;
    }
    disarm();
    timerAt = next;
    long number = ++timers;
    timer = scheduler.schedule(() -> due.accept(number), next - now, TimeUnit.NANOSECONDS);
  }

  /** That timer's call has come to its turn. */
  void timerFired(long number) {
    if (number == timers) {
      timer = null;
    }
  }

  private void disarm() {
    Disposable armed = timer;
    if (armed != null) {
      armed.dispose();
      timer = null;
    }
  }
}
