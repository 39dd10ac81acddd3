package io.stanzahook.order;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * Runs steps one after another, whichever threads bring them. The thread that finds nobody at work
 * runs its own step, and then those that others left in the meantime. Nobody waits. A step that
 * throws ends only itself.
 */
public final class Turns {
  private final Queue<Runnable> left = Queues.<Runnable>unboundedMultiproducer().get();
  private final AtomicInteger pending = new AtomicInteger();
  private final Runnable afterEach;
  private final Consumer<Throwable> faults;

  /** The thread that is at work. A thread finds itself here only while it works. */
  private @Nullable Thread owner;

  /**
   * Creates turns.
   *
   * @param afterEach runs after each step, even if the step failed
   * @param faults is told of exceptions of either; it must not throw
   */
  public Turns(Runnable afterEach, Consumer<Throwable> faults) {
    this.afterEach = afterEach;
    this.faults = faults;
  }

  /** Runs a step now, or leaves it to the thread that is at work. */
  public void take(Runnable step) {
    take(Runnable::run, step);
  }

  /**
   * Like {@link #take(Runnable)}, for a step with an argument. It needs no object if the step runs
   * now.
   */
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

  /** Whether the calling thread is in a turn. */
  public boolean isMine() {
    return owner == Thread.currentThread();
  }

  private <T> void turn(Consumer<? super T> step, T argument) {
    try {
      step.accept(argument);
    } catch (RuntimeException | Error fault) {
      faults.accept(fault);
    }
    // An exception that leaves here would keep the count raised, and no turn would come any more.
    try {
      afterEach.run();
    } catch (RuntimeException | Error fault) {
      faults.accept(fault);
    }
  }
}
