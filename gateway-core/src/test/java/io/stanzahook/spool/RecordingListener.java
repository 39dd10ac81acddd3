package io.stanzahook.spool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Records what a spool tells, and lets a test wait for it. */
final class RecordingListener implements SpoolListener {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private long durable;
  private int batches;
  private long failedFrom;
  private @Nullable SpoolException failure;
  private boolean full;
  private int discarded;
  private final List<SpoolException> damages = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();

  @Override
  public synchronized void durable(long upTo) {
    if (upTo <= durable) {
      throw new AssertionError(upTo + " after " + durable);
    }
    durable = upTo;
    batches++;
    notifyAll();
  }

  @Override
  public synchronized void failed(long from, SpoolException cause) {
    if (failure != null) {
      throw new AssertionError("failed twice without resuming");
    }
    failedFrom = from;
    failure = cause;
    notifyAll();
  }

  @Override
  public synchronized void full(boolean now) {
    if (full == now) {
      throw new AssertionError("told twice: " + now);
    }
    full = now;
    notifyAll();
  }

  @Override
  public synchronized void deadLettersDiscarded(int count) {
    discarded += count;
    notifyAll();
  }

  @Override
  public synchronized void damaged(SpoolException what) {
    damages.add(what);
    notifyAll();
  }

  @Override
  public synchronized void closed(String what) {
    closed.add(what);
  }

  synchronized List<String> closed() {
    return List.copyOf(closed);
  }

  @Override
  public synchronized void recovering(long bytes, long of) {
    if (bytes > of) {
      throw new AssertionError(bytes + " of " + of);
    }
  }

  void awaitDamage() {
    await("damage", () -> !damages.isEmpty());
  }

  void awaitDurable(long position) {
    await("durable up to " + position, () -> durable >= position);
  }

  /** Waits until a record is durable, or has failed. */
  void awaitEither(long position) {
    await("either, for " + position, () -> durable >= position || failure != null);
  }

  void awaitFull(boolean wanted) {
    await("full: " + wanted, () -> full == wanted);
  }

  void awaitDiscarded(int count) {
    await(count + " discarded", () -> discarded >= count);
  }

  /** Waits for a failure, and takes it. */
  synchronized SpoolException awaitFailure() {
    await("a failure", () -> failure != null);
    SpoolException told = failure;
    failure = null;
    return told;
  }

  synchronized long durable() {
    return durable;
  }

  synchronized int batches() {
    return batches;
  }

  synchronized long failedFrom() {
    return failedFrom;
  }

  synchronized int discarded() {
    return discarded;
  }

  synchronized List<SpoolException> damages() {
    return List.copyOf(damages);
  }

  private synchronized void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("not told within " + PATIENCE + ": " + what);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
