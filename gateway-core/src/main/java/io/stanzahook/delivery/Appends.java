package io.stanzahook.delivery;

import io.stanzahook.spool.Spool;
import io.stanzahook.spool.SpoolRecord;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to the disk. Where that fails, it stays here, in its order, and is written
 * again as soon as that works.
 *
 * <p>Belongs to the dispatcher's turns, but for {@link #diskFailed} and {@link #isDiskFailing}.
 */
final class Appends {
  /** Stanzas on their way to the disk at most. */
  static final int MOST = 4096;

  /** Answers that wait for what came before them, at most; more are refused. */
  private static final int MOST_WAITING = 4096;

  /** After the disk failed, time until it is tried again. */
  static final Duration AGAIN = Duration.ofSeconds(1);

  private final Spool spool;
  private final DispatchClock clock;
  private final Consumer<Runnable> turns;

  /** On their way to the disk. */
  private final ArrayDeque<Kept> appending = new ArrayDeque<>();

  /** Not on disk because that failed; their positions mean nothing. */
  private final ArrayDeque<Kept> unwritten = new ArrayDeque<>();

  /** What waits for all that was taken before it to be on disk; at most {@link #MOST_WAITING}. */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Stanzas ever taken, and those of them that wait for the disk no more, in the same order. */
  private long taken;

  private long safe;

  private record Waiting(long taken, Runnable step, Runnable otherwise) {}

  private volatile boolean failing;
  private volatile boolean closed;

  Appends(Spool spool, DispatchClock clock, Consumer<Runnable> turns) {
    this.spool = spool;
    this.clock = clock;
    this.turns = turns;
  }

  /** How many are not on disk yet. */
  int unsafe() {
    return appending.size() + unwritten.size();
  }

  boolean isDiskFailing() {
    return failing;
  }

  /**
   * Does something once all that was taken so far is on disk.
   *
   * @param otherwise instead, where the disk fails: nobody is to wait for that to end
   */
  void onceSafe(Runnable step, Runnable otherwise) {
    if (unsafe() == 0) {
      step.run();
    } else if (failing || waiting.size() == MOST_WAITING) {
      otherwise.run();
    } else {
      waiting.add(new Waiting(taken, step, otherwise));
    }
  }

  private void areSafe(int count) {
    safe += count;
    while (!waiting.isEmpty() && waiting.element().taken() <= safe) {
      waiting.remove().step().run();
    }
  }

  /** Takes a stanza that was received just now. */
  void keep(Stanza stanza, String webhookId) {
    taken++;
    add(new Kept(stanza, webhookId, 0, clock.nanoTime().getAsLong(), false));
  }

  private void append(Kept kept) {
    try {
      long position =
          spool.append(
              new SpoolRecord(
                  kept.webhookId(),
                  millisOf(kept.received()),
                  langOf(kept.stanza()),
                  kept.stanza().xml().utf8(),
                  kept.redelivered()));
      appending.add(
          new Kept(kept.stanza(), kept.webhookId(), position, kept.received(), kept.redelivered()));
    } catch (IllegalStateException e) {
      // Closed, or too many at once: as if the disk had failed.
      unwritten.add(kept);
      failing = true;
      tryAgainLater();
    }
  }

  /** One that is longer than any is stands in the stanza's own XML, or is none. */
  private static @Nullable String langOf(Stanza stanza) {
    String lang = stanza.lang();
    return lang == null || lang.length() > SpoolRecord.MAX_LANG ? null : lang;
  }

  private long millisOf(long nanos) {
    return clock.millis().getAsLong()
        - TimeUnit.NANOSECONDS.toMillis(clock.nanoTime().getAsLong() - nanos);
  }

  /** Gives back what never got to the disk, for its senders to be told. */
  void giveBack(Consumer<Stanza> each) {
    for (Kept kept = unwritten.poll(); kept != null; kept = unwritten.poll()) {
      each.accept(kept.stanza());
      areSafe(1);
    }
    // Of those that the disk still holds up nothing is known; nobody is to wait for that.
    refuseWaiting();
  }

  private void refuseWaiting() {
    for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
      one.otherwise().run();
    }
  }

  /** All up to that position are on disk. */
  void durable(long upTo, Consumer<Kept> each) {
    int count = 0;
    for (; !appending.isEmpty() && appending.element().position() <= upTo; count++) {
      each.accept(appending.remove());
    }
    areSafe(count);
  }

  /** Nothing can be written for now; to be followed by {@link #takeBack}. On any thread. */
  void diskFailed() {
    failing = true;
  }

  /** The spool has forgotten what is not on disk. */
  void takeBack() {
    // Before those that came since.
    while (!appending.isEmpty()) {
      unwritten.addFirst(appending.removeLast());
    }
    refuseWaiting();
    tryAgainLater();
  }

  private void tryAgainLater() {
    clock
        .scheduler()
        .schedule(() -> turns.accept(this::tryAgain), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The spool is about to be closed: nothing is tried again. */
  void close() {
    closed = true;
  }

  private void tryAgain() {
    if (closed) {
      return;
    }
    failing = false;
    spool.resume();
    List<Kept> again = List.copyOf(unwritten);
    unwritten.clear();
    again.forEach(this::add);
  }

  private void add(Kept kept) {
    if (failing) {
      unwritten.add(kept);
    } else {
      append(kept);
    }
  }
}
