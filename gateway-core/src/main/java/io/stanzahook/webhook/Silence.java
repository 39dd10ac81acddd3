package io.stanzahook.webhook;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.LongSupplier;

/**
 * Knows which connections to a webhook may lead to a host that died silently. A host that lost its
 * power, or hangs, closes nothing, so each of its connections would cost a message all of its time.
 * After a call that got no byte of an answer, connections that have brought none since are not used
 * again. For new ones, the name is looked up again.
 *
 * <p>A webhook that only takes long for one message continues to answer others. Connections that
 * brought an answer during that call are kept.
 *
 * <p>Any thread may call it.
 */
final class Silence {
  private static final AtomicLongFieldUpdater<Silence> LAST_ANSWER =
      AtomicLongFieldUpdater.newUpdater(Silence.class, "lastAnswer");

  /** An answer in the last part, of this many parts of a call's time, shows that the host lives. */
  private static final int PARTS = 2;

  private final LongSupplier nanoTime;

  /** When the last answer began. It is written lazily, so it may be seen a moment later. */
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
   * A call ends because no byte of an answer came.
   *
   * @param began when the call began, by the clock
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
