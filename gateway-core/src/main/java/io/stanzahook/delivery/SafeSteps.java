package io.stanzahook.delivery;

import java.util.ArrayDeque;

/**
 * What a journal has taken in and is not safe yet, in order, and the steps that wait until all that
 * was taken before them is safe. Belongs to the dispatcher's turns.
 */
public final class SafeSteps {
  /** Messages that were taken and are not safe yet, at most. */
  public static final int MAX_UNSAFE = 4096;

  /** Steps that wait, at most; more are not to be waited for. */
  static final int MAX_WAITING = 4096;

  private record Step(long taken, Runnable step, Runnable otherwise) {}

  private final ArrayDeque<Step> waiting = new ArrayDeque<>();

  /** Messages ever taken, and those of them that are safe, or never will be. */
  private long taken;

  private long done;

  /** One more was taken. */
  public void taken() {
    taken++;
  }

  /** Messages that were taken and are not safe yet. */
  public int unsafe() {
    return (int) (taken - done);
  }

  /** How many more may be taken. */
  public int room() {
    return MAX_UNSAFE - unsafe();
  }

  /** So many of the oldest are safe now, or never will be. */
  public void done(int count) {
    done += count;
    while (!waiting.isEmpty() && waiting.element().taken() <= done) {
      waiting.remove().step().run();
    }
  }

  /**
   * Runs a step once all that was taken so far is safe.
   *
   * @param otherwise run instead if too many steps wait, or if they are {@linkplain #refuse
   *     refused}
   */
  public void onceSafe(Runnable step, Runnable otherwise) {
    if (unsafe() == 0) {
      step.run();
    } else if (waiting.size() == MAX_WAITING) {
      otherwise.run();
    } else {
      waiting.add(new Step(taken, step, otherwise));
    }
  }

  /** When the messages are safe cannot be foreseen: no step waits for them any more. */
  public void refuse() {
    for (Step one = waiting.poll(); one != null; one = waiting.poll()) {
      one.otherwise().run();
    }
  }
}
