package io.stanzahook.order;

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
public final class Turns {
  private final Queue<Runnable> left = Queues.<Runnable>unboundedMultiproducer().get();
  private final AtomicInteger pending = new AtomicInteger();
  private final Runnable afterEach;
  private final Consumer<Throwable> faults;

  /** Who is at work. A thread sees its own name here only while it is. */
  private @Nullable Thread owner;

  /**
   * Creates turns.
   *
   * @param afterEach run after each step, however that ended
   * @param faults told what either threw; must not throw itself
   */
  public Turns(Runnable afterEach, Consumer<Throwable> faults) {
    this.afterEach = afterEach;
    this.faults = faults;
  }

  /** Runs it now, or leaves it to the thread that is at work. */
  public void take(Runnable step) {
    take(Runnable::run, step);
  }

  /** As {@link #take(Runnable)}, a step that needs something: no object where it runs now. */
  public <T> void take(Consumer<? super T> step, T argument) {
    Thread me = Thread.currentThread();
    if (pending.compareAndSet(0, 1)) {
      owner = me;
      turn(step, argument);
      owner = null;
      if (pending.decrementAndGet() == 0) {
        return;
      }
    } else {
      left.add(() -> step.accept(argument));
      if (pending.getAndIncrement() != 0) {
        return;
      }
    }
    int missed = pending.get();
    do {
      owner = me;
      for (@Nullable Runnable next = left.poll(); next != null; next = left.poll()) {
        turn(Runnable::run, next);
      }
      owner = null;
      missed = pending.addAndGet(-missed);
    } while (missed != 0);
  }

  /** Whether the calling thread is within a turn. */
  public boolean isMine() {
    return owner == Thread.currentThread();
  }

  private <T> void turn(Consumer<? super T> step, T argument) {
    try {
      step.accept(argument);
    } catch (RuntimeException | Error fault) {
      faults.accept(fault);
    }
    // What leaves here would leave the count raised, and no turn would come any more.
    try {
      afterEach.run();
    } catch (RuntimeException | Error fault) {
      faults.accept(fault);
    }
  }
}
