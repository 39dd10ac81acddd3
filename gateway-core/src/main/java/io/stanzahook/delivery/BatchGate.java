package io.stanzahook.delivery;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import io.stanzahook.order.KeyedOrder;
import io.stanzahook.order.Wheel;
import java.util.concurrent.RejectedExecutionException;

/**
 * Says when a batch begins: at once if it is full. Otherwise when all stanzas that were read
 * together with its first one have come, or later if it waits for more. So a stanza that comes
 * alone does not wait.
 *
 * <p>Belongs to the dispatcher's turns.
 */
final class BatchGate {
  private final KeyedOrder<ConversationKey, Delivery> order;
  private final Wheel wheel;
  private final Runnable burstEnds;

  /** More stanzas that were read together may follow. */
  private boolean burst;

  /** A batch waits for more stanzas. */
  private boolean waiting;

  /** The deliveries in line have waited long enough. */
  private boolean open;

  BatchGate(KeyedOrder<ConversationKey, Delivery> order, Wheel wheel) {
    this.order = order;
    this.wheel = wheel;
    Runnable ended = () -> burst = false;
    this.burstEnds = () -> order.turns().take(ended);
  }

  /** A stanza comes. On an event loop, others that were read together with it will follow. */
  void arrives() {
    EventExecutor loop = burst ? null : ThreadExecutorMap.currentExecutor();
    if (loop != null) {
      try {
        loop.execute(burstEnds);
        burst = true;
      } catch (RejectedExecutionException e) {
        // The loop ends, and nothing follows.
      }
    }
  }

  /** The deliveries in line do not wait. */
  void open() {
    open = true;
  }

  /** Whether a batch may begin: that of the first delivery in line. */
  boolean isOpen(BatchSettings settings, Gathering gathering) {
    int most = settings.most();
    int inLine = order.inLine();
    boolean fills = !settings.fillTime().isZero();
    open &= inLine > 0;
    if (open || inLine == 0 || (inLine >= most && !fills)) {
      return true;
    } else if (burst && inLine < most) {
      return false;
    } else if (!fills || order.inLine(most, gathering::goTogether) >= most) {
      return true;
    }
    if (!waiting) {
      waiting = true;
      wheel.in(
          settings.fillTime().toNanos(),
          () -> {
            waiting = false;
            open = true;
          });
    }
    return false;
  }
}
