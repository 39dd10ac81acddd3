package io.stanzahook.spool;


import io.stanzahook.delivery.Delivery;
import io.stanzahook.delivery.DispatchClock;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to the disk. Where that fails, it stays here, in its order, and is written
 * again as soon as that works.
 *
 * <p>Belongs to the dispatcher's turns, but for {@link #diskFailed} and {@link #room}.
 */
final class DiskEntrance implements Journal.Entrance {
  /** Deliveries on their way to the disk at most. */
  static final int MAX_UNSAFE = 4096;

  /** Steps that wait for what came before them, at most; for more they are not to be waited for. */
  private static final int MAX_WAITING = 4096;

  /** After the disk failed, time until it is tried again. */
  static final Duration AGAIN = Duration.ofSeconds(1);

  private final Spool spool;
  private final BooleanSupplier full;
  private final DispatchClock clock;
  private final Journal.Deliveries deliveries;

  /** On their way to the disk. */
  private final ArrayDeque<Delivery> appending = new ArrayDeque<>();

  /** Not on disk because that failed; their positions mean nothing. */
  private final ArrayDeque<Delivery> unwritten = new ArrayDeque<>();

  /** What waits for all that was taken before it to be on disk. */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Deliveries ever taken, and those of them that wait for the disk no more, in the same order. */
  private long taken;

  private long safe;

  private record Waiting(long taken, Runnable step, Runnable otherwise) {}

  private volatile boolean failing;
  private volatile boolean closed;

  DiskEntrance(
      Spool spool, BooleanSupplier full, DispatchClock clock, Journal.Deliveries deliveries) {
    this.spool = spool;
    this.full = full;
    this.clock = clock;
    this.deliveries = deliveries;
  }

  /** Messages: an iq must be answered in time, and a presence is soon outdated. */
  @Override
  public boolean keeps(Stanza stanza) {
    return stanza.kind() == StanzaKind.MESSAGE;
  }

  @Override
  public long room() {
    return full.getAsBoolean() || failing ? 0 : MAX_UNSAFE - unsafe();
  }

  @Override
  public int unsafe() {
    return appending.size() + unwritten.size();
  }

  @Override
  public void onceSafe(Runnable step, Runnable otherwise) {
    if (unsafe() == 0) {
      step.run();
    } else if (failing || waiting.size() == MAX_WAITING) {
      otherwise.run();
    } else {
      waiting.add(new Waiting(taken, step, otherwise));
    }
  }

  private void areSafe(int count) {
    safe += count;
    while (!waiting.isEmpty() && waiting.element().taken() <= safe) {
      waiting.remove().step().run();
    }
  }

  @Override
  public void keep(Delivery delivery) {
    if (keeps(delivery.stanza())) {
      taken++;
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
    Stanza stanza = delivery.stanza();
    long ago = clock.nanoTime().getAsLong() - delivery.received();
    try {
      delivery.keptAt(
          spool.append(
              new KeptStanza(
                  delivery.webhookId(),
                  clock.millis().getAsLong() - TimeUnit.NANOSECONDS.toMillis(ago),
                  langOf(stanza),
                  stanza.xml().utf8(),
                  delivery.isRedelivered())));
      appending.add(delivery);
    } catch (IllegalStateException e) {
      // Closed, or too many at once: as if the disk had failed.
      unwritten.add(delivery);
      failing = true;
      tryAgainLater();
    }
  }

  /** One that is longer than any is stands in the stanza's own XML, or is none. */
  public static @Nullable String langOf(Stanza stanza) {
    String lang = stanza.lang();
    return lang == null || lang.length() > KeptStanza.MAX_LANG ? null : lang;
  }

  /** All up to that position are on disk. */
  void durable(long upTo, Consumer<Delivery> each) {
    int count = 0;
    for (; !appending.isEmpty() && appending.element().position() <= upTo; count++) {
      each.accept(appending.remove());
    }
    areSafe(count);
  }

  /** Nothing can be written for now; to be followed by {@link #takeBack}. On any thread. */
  void diskFailed() {
    failing = true;
  }

  /** The spool has forgotten what is not on disk. */
  void takeBack() {
    // Before those that came since.
    while (!appending.isEmpty()) {
      unwritten.addFirst(appending.removeLast());
    }
    refuseWaiting();
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
      areSafe(1);
    }
    // Of those that the disk still holds up nothing is known; nobody is to wait for that.
    refuseWaiting();
  }

  private void refuseWaiting() {
    for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
      one.otherwise().run();
    }
  }

  /** The spool is about to be closed: nothing is tried again. */
  void close() {
    closed = true;
  }
}
