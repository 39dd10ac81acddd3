package io.stanzahook.spool;

import io.stanzahook.delivery.Delivery;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.KeptMessages;
import io.stanzahook.delivery.SafeSteps;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Messages on their way to the disk. If the disk fails, they stay here in their order, and are
 * written again when it works.
 *
 * <p>Belongs to the dispatcher's turns, except for {@link #diskFailed}.
 */
final class DiskEntrance implements Journal.Entrance {
  /** How long to wait after the disk has failed. */
  static final Duration AGAIN = Duration.ofSeconds(1);

  private final Spool spool;
  private final BooleanSupplier full;
  private final KeptMessages messages;
  private final Journal.Deliveries deliveries;

  /** Messages on their way to the disk. */
  private final ArrayDeque<Delivery> appending = new ArrayDeque<>();

  /** Messages that are not on disk because it failed. Their positions mean nothing. */
  private final ArrayDeque<Delivery> unwritten = new ArrayDeque<>();

  /** Counts both, and has the steps that wait for them. */
  private final SafeSteps steps = new SafeSteps();

  private volatile boolean failing;
  private volatile boolean closed;

  DiskEntrance(
      Spool spool, BooleanSupplier full, KeptMessages messages, Journal.Deliveries deliveries) {
    this.spool = spool;
    this.full = full;
    this.messages = messages;
    this.deliveries = deliveries;
  }

  @Override
  public boolean keeps(Stanza stanza) {
    return KeptMessages.areKept(stanza);
  }

  @Override
  public long room() {
    return full.getAsBoolean() || failing ? 0 : steps.room();
  }

  @Override
  public int unsafe() {
    return steps.unsafe();
  }

  @Override
  public void onceSafe(Runnable step, Runnable otherwise) {
    if (failing && steps.unsafe() > 0) {
      otherwise.run();
    } else {
      steps.onceSafe(step, otherwise);
    }
  }

  @Override
  public void keep(Delivery delivery) {
    if (keeps(delivery.stanza())) {
      steps.taken();
      add(delivery);
    } else {
      deliveries.next(delivery);
    }
  }

  private void add(Delivery delivery) {
    if (failing) {
      unwritten.add(delivery);
    } else {
      append(delivery);
    }
  }

  private void append(Delivery delivery) {
    try {
      delivery.keptAt(spool.append(messages.record(delivery)));
      appending.add(delivery);
    } catch (IllegalStateException e) {
      // The spool is closed, or too many are in flight. This counts like a failure of the disk.
      unwritten.add(delivery);
      failing = true;
      tryAgainLater();
    }
  }

  /** All messages up to this position are on disk. */
  void durable(long upTo, Consumer<Delivery> each) {
    int count = 0;
    for (; !appending.isEmpty() && appending.element().position() <= upTo; count++) {
      each.accept(appending.remove());
    }
    steps.done(count);
  }

  /** Nothing can be written for now. {@link #takeBack} must follow. Any thread may call it. */
  void diskFailed() {
    failing = true;
  }

  /** The spool has forgotten all messages that are not on disk. */
  void takeBack() {
    // They go before those that came since.
    while (!appending.isEmpty()) {
      unwritten.addFirst(appending.removeLast());
    }
    steps.refuse();
    tryAgainLater();
  }

  private void tryAgainLater() {
    deliveries.later(AGAIN, this::tryAgain);
  }

  private void tryAgain() {
    if (!closed) {
      failing = false;
      spool.resume();
      List<Delivery> again = List.copyOf(unwritten);
      unwritten.clear();
      again.forEach(this::add);
    }
  }

  @Override
  public void giveBack(Consumer<Stanza> each) {
    for (Delivery one = unwritten.poll(); one != null; one = unwritten.poll()) {
      each.accept(one.stanza());
      steps.done(1);
    }
    // Nobody knows whether the others get to the disk, so nobody waits for them.
    steps.refuse();
  }

  /** The spool will be closed. Nothing is tried again. */
  void close() {
    closed = true;
  }
}
