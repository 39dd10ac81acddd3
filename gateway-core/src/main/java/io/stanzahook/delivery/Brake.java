package io.stanzahook.delivery;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Holds answers beyond so many a minute of one conversation until that minute is over: two bots
 * that answer each other go on, at a pace that does no harm. A minute begins with an answer, and
 * has the next one begin where it ends. Answers to iqs are neither held nor counted.
 *
 * <p>What is held has a delivery that is done but for its answer, so the deliveries that are let in
 * bound it, and {@link #MAX_HELD} for each conversation.
 *
 * <p>Not thread-safe: belongs to the dispatcher's turns; only the timer's call comes on the
 * scheduler's thread.
 */
final class Brake {
  /** How long answers are counted for. */
  static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** Conversations whose answers are counted; past it the minute that began first is forgotten. */
  static final int MAX_COUNTED = 50_000;

  /** Stanzas of one conversation that wait behind a held answer in memory; more are refused. */
  static final int MAX_HELD = 128;

  /** The timer is set no shorter than this. */
  private static final long LEAST_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

  /** One conversation's running minute. */
  private static final class Minute {
    final long began;
    int answers;

    /** Whether somebody was told that answers are held, in this minute or one right before it. */
    boolean told;

    Minute(long began, boolean told) {
      this.began = began;
      this.told = told;
    }

    long end() {
      return began + MINUTE;
    }
  }

  /** An answer that waits, in the order in which they leave. */
  private record Held(
      long until,
      long number,
      ConversationKey key,
      Delivery delivery,
      List<OutboundStanza> answer) {}

  /** Told of an answer that is held. */
  interface Listener {
    /**
     * An answer is held.
     *
     * @param nanos for how long
     * @param first whether none was in the minute before, either
     */
    void held(Delivery delivery, long nanos, boolean first);
  }

  /** Takes an answer whose time has come. */
  interface Release {
    void release(Delivery delivery, List<OutboundStanza> answer);
  }

  private final LongSupplier nanoTime;
  private final Scheduler scheduler;
  private final Runnable due;
  private final Listener listener;
  private final Release release;

  /** Those that began first come first, so those that end first do. */
  private final Map<ConversationKey, Minute> minutes = new LinkedHashMap<>();

  private final TreeSet<Held> held =
      new TreeSet<>(
          ((Comparator<Held>) (a, b) -> Long.signum(a.until() - b.until()))
              .thenComparing(Held::number));

  /** How many answers of each conversation are among those. */
  private final Map<ConversationKey, Integer> heldOf = new LinkedHashMap<>();

  private int perMinute;
  private int kept;
  private long numbers;
  private boolean open;
  private @Nullable Disposable timer;
  private long timerAt;

  /**
   * None yet.
   *
   * @param perMinute answers that leave at once; 0: all do
   * @param due told, on the scheduler's thread, when {@link #look} may have something to do
   */
  Brake(int perMinute, DispatchClock clock, Runnable due, Listener listener, Release release) {
    this.perMinute = perMinute;
    this.nanoTime = clock.nanoTime();
    this.scheduler = clock.scheduler();
    this.due = due;
    this.listener = listener;
    this.release = release;
  }

  /** Whether answers are counted. */
  boolean isOn() {
    return perMinute > 0 && !open;
  }

  /** How many answers are held. */
  int size() {
    return held.size();
  }

  /** How many of those are to messages that the spool keeps. */
  int kept() {
    return kept;
  }

  /** Whether that conversation has as many answers held as may be. */
  boolean isFull(ConversationKey key) {
    return heldOf.getOrDefault(key, 0) >= MAX_HELD;
  }

  /**
   * Holds an answer, where its conversation has had as many as a minute may have.
   *
   * @param answer not empty
   * @return false where it may leave now
   */
  boolean holds(Delivery delivery, ConversationKey key, List<OutboundStanza> answer) {
    if (!isOn() || delivery.stanza instanceof Iq) {
      return false;
    }
    long now = nanoTime.getAsLong();
    Minute minute = minute(key, now);
    if (minute.answers < perMinute) {
      minute.answers++;
      return false;
    }
    hold(new Held(minute.end(), ++numbers, key, delivery, answer));
    listener.held(delivery, minute.end() - now, !minute.told);
    minute.told = true;
    return true;
  }

  private void hold(Held answer) {
    held.add(answer);
    heldOf.merge(answer.key(), 1, Integer::sum);
    kept += answer.delivery().isKept() ? 1 : 0;
  }

  private Minute minute(ConversationKey key, long now) {
    Minute running = minutes.get(key);
    if (running != null && now - running.end() < 0) {
      return running;
    }
    boolean told = running != null && running.told && now - running.end() < MINUTE;
    if (running != null) {
      // So that its place is that of its new beginning.
      minutes.remove(key);
    }
    forget(now);
    Minute begun = new Minute(now, told);
    minutes.put(key, begun);
    return begun;
  }

  /** Of those whose minute is long over nothing is known any more, nor of too many. */
  private void forget(long now) {
    var oldest = minutes.values().iterator();
    while (oldest.hasNext()
        && (now - oldest.next().end() >= MINUTE || minutes.size() >= MAX_COUNTED)) {
      oldest.remove();
    }
  }

  /** Lets go what has waited for its minute to end, as far as the next one has room. */
  void look() {
    timer = null;
    long now = nanoTime.getAsLong();
    while (!held.isEmpty() && held.first().until() - now <= 0) {
      Held next = take();
      Minute minute = minute(next.key(), now);
      if (!isOn() || minute.answers < perMinute) {
        minute.answers++;
        release.release(next.delivery(), next.answer());
      } else {
        hold(new Held(minute.end(), next.number(), next.key(), next.delivery(), next.answer()));
      }
    }
  }

  private Held take() {
    Held first = held.pollFirst();
    if (first == null) {
      throw new IllegalStateException("nothing is held");
    }
    heldOf.computeIfPresent(first.key(), (key, count) -> count == 1 ? null : count - 1);
    kept -= first.delivery().isKept() ? 1 : 0;
    return first;
  }

  /** Changes how many leave at once; what is held leaves, and the counting begins anew. */
  void change(int next) {
    if (next != perMinute) {
      perMinute = next;
      minutes.clear();
      releaseAll(Long.MAX_VALUE);
    }
  }

  /** Holds nothing any more: what is held leaves now, before the end. */
  void open() {
    open = true;
    releaseAll(Long.MAX_VALUE);
  }

  private void releaseAll(long most) {
    for (long left = Math.min(most, held.size()); left > 0; left--) {
      Held next = take();
      release.release(next.delivery(), next.answer());
    }
  }

  /** Sets the timer to the next one; at the end of a turn. */
  void arm() {
    if (held.isEmpty()) {
      return;
    }
    long until = held.first().until();
    if (timer != null && timerAt - until <= 0) {
      return;
    }
    Disposable before = timer;
    if (before != null) {
      before.dispose();
    }
    timerAt = until;
    timer =
        scheduler.schedule(
            due, Math.max(LEAST_DELAY, until - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
  }
}
