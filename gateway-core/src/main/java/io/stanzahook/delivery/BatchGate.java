package io.stanzahook.delivery;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/**
 * Says when a batch begins: at once if it is full. Otherwise when all stanzas that were read
 * together with its first one have come, or later if it waits for more. So a stanza that comes
 * alone does not wait.
 *
 * <p>Belongs to the dispatcher's turns.
 */
final class BatchGate {
  private final Consumer<Runnable> turns;
  private final BiConsumer<Long, Runnable> later;
  private final Runnable burstEnds = this::burstEnds;
  private final Runnable burstEnded = this::burstEnded;
  private final Runnable waitEnds = this::waitEnds;

  /** More stanzas that were read together may follow. */
  private boolean burst;

  /** A batch waits for more stanzas. */
  private boolean waiting;

  /** The deliveries in line have waited long enough. */
  private boolean open;

  /**
   * A gate that is closed until stanzas are in line.
   *
   * @param later runs something in a turn, after this many nanoseconds
   */
  BatchGate(Consumer<Runnable> turns, BiConsumer<Long, Runnable> later) {
    this.turns = turns;
    this.later = later;
  }

  /** A stanza comes. On an event loop, others that were read together with it will follow. */
  void arrives() {
    if (burst) {
      return;
    }
    EventExecutor loop = ThreadExecutorMap.currentExecutor();
    if (loop != null) {
      try {
        loop.execute(burstEnds);
        burst = true;
      } catch (RejectedExecutionException e) {
        // The loop ends, and nothing follows.
      }
    }
  }

  private void burstEnds() {
    turns.accept(burstEnded);
  }

  private void burstEnded() {
    burst = false;
  }

  private void waitEnds() {
    waiting = false;
    open = true;
  }

  /** The deliveries in line do not wait. */
  void open() {
    open = true;
  }

  /**
   * Whether a batch may begin.
   *
   * @param inLine deliveries in line, without those behind others of their conversation
   * @param joinable how many could be in one batch; it counts no further than its argument
   */
  boolean isOpen(BatchSettings settings, int inLine, IntUnaryOperator joinable) {
    if (inLine == 0) {
      open = false;
      return true;
    }
    if (open || inLine >= settings.most()) {
      return true;
    }
    if (burst) {
      return false;
    }
    if (settings.fillTime().isZero() || joinable.applyAsInt(settings.most()) >= settings.most()) {
      return true;
    }
    if (!waiting) {
      waiting = true;
      later.accept(settings.fillTime().toNanos(), waitEnds);
    }
    return false;
  }
}
