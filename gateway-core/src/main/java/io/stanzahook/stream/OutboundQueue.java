package io.stanzahook.stream;

import io.stanzahook.stanza.OutboundStanza;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Stanzas on their way to the stream. Outlives connections: what waits while the stream is away is
 * sent once it is back, or dropped when too old. Bounded by the number of stanzas.
 *
 * <p>Threading: any thread may offer; only the current connection's event loop takes.
 */
final class OutboundQueue {

  /**
   * Stanzas that leave together. A subscription puts them into the queue, and the subscriber is
   * told when they are written or dropped. All of it is one object, because each reply needs one.
   */
  static final class Batch extends Mono<Void> implements Subscription {
    private static final AtomicIntegerFieldUpdater<Batch> OVER =
        AtomicIntegerFieldUpdater.newUpdater(Batch.class, "over");

    private final OutboundQueue queue;
    private final List<OutboundStanza> stanzas;

    /** How long they may wait; null for as long as others. */
    private final @Nullable Duration age;

    private long since;
    private @Nullable CoreSubscriber<? super Void> subscriber;

    /** 1 once the subscriber was told, or wants to know nothing: it is told once at most. */
    private volatile int over;

    private Batch(OutboundQueue queue, List<OutboundStanza> stanzas, @Nullable Duration age) {
      this.queue = queue;
      this.stanzas = stanzas;
      this.age = age;
    }

    List<OutboundStanza> stanzas() {
      return stanzas;
    }

    /** When it came, by {@link System#nanoTime}. */
    long since() {
      return since;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Void> actual) {
      if (subscriber != null) {
        Operators.error(actual, new IllegalStateException("stanzas are sent once"));
        return;
      }
      subscriber = actual;
      since = System.nanoTime();
      actual.onSubscribe(this);
      try {
        queue.offer(this);
      } catch (RuntimeException e) {
        // Who was to be woken has ended: the end of the stream drops what is in the queue.
        failed(e);
      }
    }

    /** They are written. */
    void written() {
      if (over == 0 && OVER.compareAndSet(this, 0, 1)) {
        Objects.requireNonNull(subscriber).onComplete();
      }
    }

    /** They never will be written. */
    void failed(Throwable why) {
      if (over == 0 && OVER.compareAndSet(this, 0, 1)) {
        Objects.requireNonNull(subscriber).onError(why);
      }
    }

    @Override
    public void request(long n) {
      // There is nothing to ask for: it only ends.
    }

    /** They are written all the same; nobody wants to know. */
    @Override
    public void cancel() {
      over = 1;
    }
  }

  private final Queue<Batch> batches = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final String domain;
  private volatile int capacity;
  private volatile Duration maxAge;
  private volatile Runnable onOffer = () -> {};
  private volatile boolean ended;

  OutboundQueue(String domain, int capacity, Duration maxAge) {
    this.domain = domain;
    this.capacity = capacity;
    this.maxAge = maxAge;
  }

  /** Changes how many stanzas may wait; those that wait already go on waiting. */
  void capacity(int next) {
    capacity = next;
  }

  /** Changes how long stanzas may wait, those that wait already too. */
  void maxAge(Duration next) {
    maxAge = next;
  }

  /** Adds stanzas once subscribed to; ends when they are written or given up. */
  Mono<Void> send(List<OutboundStanza> stanzas) {
    return send(stanzas, null);
  }

  /**
   * The same.
   *
   * @param age how long they may wait; null for as long as others
   */
  Mono<Void> send(List<OutboundStanza> stanzas, @Nullable Duration age) {
    if (stanzas.isEmpty()) {
      return Mono.empty();
    }
    return new Batch(this, stanzas, age);
  }

  private void offer(Batch batch) {
    int count = batch.stanzas.size();
    if (size.addAndGet(count) > capacity) {
      size.addAndGet(-count);
      batch.failed(NotSentException.full(domain, capacity));
      return;
    }
    batches.add(batch);
    onOffer.run();
    if (ended) {
      // Nobody takes any more, and who did look may have looked before this came.
      dropAll();
    }
  }

  /** Sets who is told of new stanzas: the current connection's writer. */
  void onOffer(Runnable listener) {
    onOffer = listener;
  }

  /** Takes the next batch, or null. */
  @Nullable Batch poll() {
    Batch batch = batches.poll();
    if (batch != null) {
      size.addAndGet(-batch.stanzas().size());
    }
    return batch;
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** Gives up what is too old; called while there is no connection. */
  void dropAged() {
    long now = System.nanoTime();
    for (Batch each : List.copyOf(batches)) {
      Duration age = Objects.requireNonNullElse(each.age, maxAge);
      // A connection that just came up may be taking it.
      if (age.compareTo(Duration.ofNanos(now - each.since())) < 0 && batches.remove(each)) {
        size.addAndGet(-each.stanzas().size());
        each.failed(NotSentException.agedOut(domain, age));
      }
    }
  }

  /** Gives up what waits: the stream is another process's now. What comes later waits again. */
  void dropWaiting() {
    dropAll(NotSentException.elsewhere(domain));
  }

  /** Gives up everything: the stream has ended for good. */
  void dropAll() {
    ended = true;
    dropAll(NotSentException.ended(domain));
  }

  private void dropAll(NotSentException why) {
    for (Batch batch = poll(); batch != null; batch = poll()) {
      batch.failed(why);
    }
  }
}
