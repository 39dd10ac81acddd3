package io.stanzahook.delivery;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * Runs one step after another, whichever threads bring them: the thread that finds nobody at work
 * does the work, its own first, and what others left meanwhile. Nobody waits. A step that throws
 * ends itself and nothing else.
 */
final class Turns {
  private final Queue<Runnable> left = Queues.<Runnable>unboundedMultiproducer().get();
  private final AtomicInteger pending = new AtomicInteger();
  private final Runnable afterEach;
  private final Consumer<Throwable> faults;

  /**
   * Creates turns.
   *
   * @param afterEach run after each step, however that ended
   * @param faults told what either threw; must not throw itself
   */
  Turns(Runnable afterEach, Consumer<Throwable> faults) {
    this.afterEach = afterEach;
    this.faults = faults;
  }

  /** Runs it now, or leaves it to the thread that is at work. */
  void take(Runnable step) {
    if (pending.compareAndSet(0, 1)) {
      turn(step);
      if (pending.decrementAndGet() == 0) {
        return;
      }
    } else {
      left.add(step);
      if (pending.getAndIncrement() != 0) {
        return;
      }
    }
    int missed = pending.get();
    do {
      for (@Nullable Runnable next = left.poll(); next != null; next = left.poll()) {
        turn(next);
      }
      missed = pending.addAndGet(-missed);
    } while (missed != 0);
  }

  private void turn(Runnable step) {
    guarded(step);
    guarded(afterEach);
  }

  /** What leaves here would leave {@link #pending} raised, and no turn would come any more. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error fault) {
      faults.accept(fault);
    }
  }
}
