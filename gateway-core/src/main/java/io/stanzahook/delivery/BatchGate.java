package io.stanzahook.delivery;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/**
 * When a batch begins: at once if it is full; else when everything that was read with its first
 * stanza has come, or later if it is to wait for more. So a stanza that comes alone does not wait.
 *
 * <p>Belongs to the dispatcher's turns.
 */
final class BatchGate {
  private final Consumer<Runnable> turns;
  private final BiConsumer<Long, Runnable> later;
  private final Runnable burstEnds = this::burstEnds;
  private final Runnable burstEnded = this::burstEnded;
  private final Runnable waitEnds = this::waitEnds;

  /** More of what was read at once may follow. */
  private boolean burst;

  /** A batch waits for more. */
  private boolean waiting;

  /** What is in line now has waited long enough. */
  private boolean open;

  /**
   * A gate that is closed until stanzas are in line.
   *
   * @param later does something in a turn, after so many nanoseconds
   */
  BatchGate(Consumer<Runnable> turns, BiConsumer<Long, Runnable> later) {
    this.turns = turns;
    this.later = later;
  }

  /** A stanza comes. On an event loop, others that were read with it are about to follow. */
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
        // The loop is about to end: nothing follows.
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

  /** What is in line is not to wait. */
  void open() {
    open = true;
  }

  /**
   * Whether a batch may begin.
   *
   * @param inLine deliveries in line, those behind others of their conversation aside
   * @param joinable how many could be in one batch, as far as one wants to know
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
