package io.stanzahook.stream;

import io.stanzahook.stanza.Stanza;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/**
 * The valve between the stream's connections and whoever takes their stanzas. What its subscriber
 * has asked for, and has not got, is the only count of how many more may come: a connection reads
 * while that is above zero, and stops while it is not.
 *
 * <p>The valve outlives connections. What one has brought and nobody has asked for waits here when
 * it ends, and goes out before what the next one brings. So a connection can end, and the next one
 * begin, while there is no demand.
 *
 * <p>Bounded: without demand come only the stanzas that are in the buffer with the last one that
 * was asked for, and what a lost connection still holds (see {@link StreamInbound#readAll}); both
 * only until this is full.
 *
 * <p>Threading: one connection's event loop at a time puts stanzas in. Demand, and the end, come on
 * any thread. A stanza goes out on the thread that puts it in, or on the one that asks for it.
 */
final class Valve extends Flux<Stanza> implements Subscription {
  /** Stanzas that nobody has asked for yet, at most, and bytes of them. */
  static final int MAX_WAITING = 100_000;

  static final long MAX_WAITING_BYTES = 32L << 20;

  /** How the stanzas end: with an error, or without one. */
  private record End(@Nullable Throwable error) {}

  private final Runnable begin;
  private final Runnable ended;
  private final Queue<Stanza> waiting = Queues.<Stanza>unbounded().get();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong demand = new AtomicLong();

  /** Above zero while a thread gives stanzas out: it then does so for the others, too. */
  private final AtomicInteger giving = new AtomicInteger();

  private final AtomicBoolean subscribed = new AtomicBoolean();

  /** Null until it may be given stanzas. */
  private volatile @Nullable CoreSubscriber<? super Stanza> subscriber;

  private volatile @Nullable End end;
  private volatile boolean cancelled;
  private volatile Runnable onDemand = () -> {};

  /** Belongs to the thread that gives out. */
  private boolean over;

  /**
   * Nothing comes before it is subscribed to, which can be done once.
   *
   * @param begin called as it is subscribed to
   * @param ended called once, after the last signal, or once nobody wants stanzas any more
   */
  Valve(Runnable begin, Runnable ended) {
    this.begin = begin;
    this.ended = ended;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Stanza> actual) {
    if (!subscribed.compareAndSet(false, true)) {
      Operators.error(actual, new IllegalStateException("a stream can be subscribed to once"));
      return;
    }
    begin.run();
    actual.onSubscribe(this);
    subscriber = actual;
    give();
  }

  @Override
  public void request(long count) {
    if (Operators.validate(count)) {
      demand.accumulateAndGet(count, Operators::addCap);
      give();
      onDemand.run();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    give();
  }

  /** Ends it without an error, at once: what waits is dropped. */
  void complete() {
    end(new End(null));
  }

  /** Ends it with an error, at once: what waits is dropped. */
  void fail(Throwable error) {
    end(new End(error));
  }

  private void end(End how) {
    if (end == null) {
      end = how;
      give();
    }
  }

  /** Whether nobody asks for more. */
  boolean isShut() {
    return demand.get() == 0;
  }

  /** Sets who is told of new demand, on the thread that it comes from: the current connection. */
  void onDemand(Runnable listener) {
    onDemand = listener;
  }

  /** Puts one in; false, and it is not, where nobody asks for it and too many wait already. */
  boolean put(Stanza stanza) {
    if (!giving.compareAndSet(0, 1)) {
      boolean kept = keep(stanza);
      give();
      return kept;
    }
    boolean taken = true;
    CoreSubscriber<? super Stanza> taker = subscriber;
    if (taker != null && end == null && !cancelled && demand.get() > 0 && waiting.isEmpty()) {
      // As a rule: it never waits.
      give(stanza, taker);
    } else {
      taken = keep(stanza);
    }
    giveOn(1);
    return taken;
  }

  private boolean keep(Stanza stanza) {
    int bytes = stanza.xml().length();
    if (waiting.size() >= MAX_WAITING || waitingBytes.get() + bytes > MAX_WAITING_BYTES) {
      return false;
    }
    waitingBytes.addAndGet(bytes);
    waiting.add(stanza);
    return true;
  }

  /** Gives out what is asked for, or leaves it to the thread that is doing so. */
  private void give() {
    if (giving.getAndIncrement() == 0) {
      giveWaiting();
      giveOn(1);
    }
  }

  /** Ends giving out, but for what has come up meanwhile. */
  private void giveOn(int seen) {
    for (int more = giving.addAndGet(-seen); more != 0; more = giving.addAndGet(-more)) {
      giveWaiting();
    }
  }

  private void giveWaiting() {
    CoreSubscriber<? super Stanza> taker = subscriber;
    if (taker == null) {
      return;
    }
    while (end == null && !cancelled && demand.get() > 0) {
      Stanza next = waiting.poll();
      if (next == null) {
        break;
      }
      waitingBytes.addAndGet(-next.xml().length());
      give(next, taker);
    }
    if (cancelled || end != null) {
      endNow(taker);
    }
  }

  private void give(Stanza stanza, CoreSubscriber<? super Stanza> taker) {
    // Demand without end stays so.
    if (demand.get() != Long.MAX_VALUE) {
      demand.decrementAndGet();
    }
    taker.onNext(stanza);
  }

  private void endNow(CoreSubscriber<? super Stanza> taker) {
    waiting.clear();
    if (over) {
      return;
    }
    over = true;
    End how = end;
    if (!cancelled && how != null) {
      Throwable error = how.error();
      if (error == null) {
        taker.onComplete();
      } else {
        taker.onError(error);
      }
    }
    ended.run();
  }
}
