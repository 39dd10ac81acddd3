package io.stanzahook.webhook;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.LongSupplier;

/**
 * Knows which connections to a webhook may lead to a host that is gone without a word: one that
 * lost its power, or hangs, closes nothing, so that each connection kept from before would cost a
 * message the whole of its time. After a call that got not one byte of an answer, connections that
 * have not brought one since are not used again; the next ones look the name up afresh.
 *
 * <p>A webhook that merely takes long on one message goes on answering others: what answered while
 * that call lasted is kept.
 *
 * <p>Any thread may call it.
 */
final class Silence {
  private static final AtomicLongFieldUpdater<Silence> LAST_ANSWER =
      AtomicLongFieldUpdater.newUpdater(Silence.class, "lastAnswer");

  /** An answer in the last one part of so many of a call's time shows that the host lives. */
  private static final int PARTS = 2;

  private final LongSupplier nanoTime;

  /** When any answer began last; written lazily, it may be seen a moment later. */
  private volatile long lastAnswer;

  /** Connections unused since before this are not used again. */
  private volatile long since;

  /** Starts as if an answer had just come. */
  Silence(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastAnswer = nanoTime.getAsLong();
    this.since = lastAnswer - TimeUnit.DAYS.toNanos(1);
  }

  /** An answer has begun. */
  void broken() {
    LAST_ANSWER.lazySet(this, nanoTime.getAsLong());
  }

  /**
   * A call ends for want of an answer, of which not one byte came.
   *
   * @param began when, by the clock
   * @return whether nothing else was answered meanwhile
   */
  boolean noticed(long began) {
    long now = nanoTime.getAsLong();
    boolean livesElsewhere = now - lastAnswer < (now - began) / PARTS;
    long next = livesElsewhere ? began : now;
    if (next - since > 0) {
      since = next;
    }
    return !livesElsewhere;
  }

  /**
   * Whether a connection is not to be used again.
   *
   * @param idleMillis how long nothing has used it
   */
  boolean covers(long idleMillis) {
    return nanoTime.getAsLong() - TimeUnit.MILLISECONDS.toNanos(idleMillis) - since < 0;
  }
}
