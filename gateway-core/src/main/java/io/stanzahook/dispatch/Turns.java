package io.stanzahook.dispatch;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * Runs a handler for one thing after another, whichever threads bring them: the thread that finds
 * nobody at work does the work, its own first, and what others left meanwhile. Nobody waits.
 *
 * @param <T> what is handled
 */
final class Turns<T> {
  private final Queue<T> left = Queues.<T>unboundedMultiproducer().get();
  private final AtomicInteger pending = new AtomicInteger();
  private final Consumer<T> handler;

  /**
   * Creates turns.
   *
   * @param handler must not throw
   */
  Turns(Consumer<T> handler) {
    this.handler = handler;
  }

  /** Handles it now, or leaves it to the thread that is handling. */
  void take(T item) {
    if (pending.compareAndSet(0, 1)) {
      handler.accept(item);
      if (pending.decrementAndGet() == 0) {
        return;
      }
    } else {
      left.add(item);
      if (pending.getAndIncrement() != 0) {
        return;
      }
    }
    int missed = pending.get();
    do {
      for (@Nullable T next = left.poll(); next != null; next = left.poll()) {
        handler.accept(next);
      }
      missed = pending.addAndGet(-missed);
    } while (missed != 0);
  }
}
