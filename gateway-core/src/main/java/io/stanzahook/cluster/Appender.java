package io.stanzahook.cluster;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends records in the order in which they come, on a thread of its own, because Kafka's producer
 * may block. It tries for ever: while the brokers are away, callers see that {@link #bytes} grows,
 * and stop.
 *
 * <p>Any thread may append; one that appends two records has them in this order.
 */
final class Appender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("cluster");

  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration AGAIN = Duration.ofMillis(200);
  private static final Duration LAST = Duration.ofSeconds(5);

  private final Producer<byte[], byte[]> producer;
  private final LongConsumer took;
  private final Queue<Append> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean asleep = new AtomicBoolean();
  private final AtomicLong bytes = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean failing;

  /** Before that, nothing is sent: the last record that failed is not to be tried in a loop. */
  private volatile long restUntil = System.nanoTime();

  @SuppressWarnings("ArrayRecordComponent") // A record on its way: nobody compares it.
  private record Append(
      String topic,
      int partition,
      byte[] key,
      byte @Nullable [] value,
      boolean mayBeDropped,
      long begun,
      Runnable acked) {
    int size() {
      return key.length + (value == null ? 0 : value.length);
    }
  }

  /**
   * Starts its thread.
   *
   * @param took told how long each record took, in nanoseconds
   */
  Appender(Producer<byte[], byte[]> producer, LongConsumer took) {
    this.producer = producer;
    this.took = took;
    this.thread = new Thread(this::run, "cluster-append");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Appends a record.
   *
   * @param value null to delete what has this key
   * @param acked called once it is replicated
   */
  void append(String topic, int partition, byte[] key, byte @Nullable [] value, Runnable acked) {
    add(new Append(topic, partition, key, value, false, System.nanoTime(), acked));
  }

  /**
   * The same, but a record that is too large for its topic is dropped. The log says so, and it
   * counts as replicated: otherwise whoever waits for it would do so for ever.
   */
  void appendIfItFits(String topic, int partition, byte[] key, byte[] value, Runnable acked) {
    add(new Append(topic, partition, key, value, true, System.nanoTime(), acked));
  }

  private void add(Append append) {
    bytes.addAndGet(append.size());
    queue.add(append);
    if (asleep.getAndSet(false)) {
      LockSupport.unpark(thread);
    }
  }

  /** Bytes of records that are not replicated yet. */
  long bytes() {
    return bytes.get();
  }

  private void run() {
    Pace pace = new Pace();
    int sent = 0;
    while (!closing || !queue.isEmpty()) {
      Append next = queue.poll();
      if (next != null) {
        send(next);
        sent++;
      } else if (sent > 0) {
        pace.rest(sent);
        sent = 0;
      } else {
        asleep.set(true);
        if (queue.isEmpty()) {
          LockSupport.parkNanos(IDLE.toNanos());
        }
        asleep.set(false);
      }
    }
  }

  /** Returns when the producer has it. What comes next waits, so that the order holds. */
  private void send(Append append) {
    for (long rest = rest(); rest > 0 && !closing; rest = rest()) {
      LockSupport.parkNanos(rest);
    }
    for (Throwable refused = refusal(append); refused != null; refused = refusal(append)) {
      // No room in its buffer, or nothing known of the topic yet.
      if (closing) {
        return;
      }
      tell(append, refused);
      LockSupport.parkNanos(AGAIN.toNanos());
    }
  }

  private long rest() {
    return restUntil - System.nanoTime();
  }

  /** Why the producer does not take it now; null if it has it. */
  private @Nullable Throwable refusal(Append append) {
    Sending sending = new Sending(append);
    try {
      producer.send(
          new ProducerRecord<>(append.topic(), append.partition(), append.key(), append.value()),
          sending);
      return sending.refused;
    } catch (RuntimeException | Error e) {
      // Whatever it is: without this thread, nothing would be appended any more.
      return e;
    }
  }

  /** What becomes of a record. It is told on the producer's thread, or by the call itself. */
  private final class Sending implements Callback {
    private final Append append;

    /** Belongs to the appender's thread. */
    private @Nullable Exception refused;

    Sending(Append append) {
      this.append = append;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (error == null) {
        acked(append);
      } else if (append.mayBeDropped() && error instanceof RecordTooLargeException) {
        dropped(append, error);
      } else if (Thread.currentThread() == thread && error instanceof RetriableException) {
        refused = error;
      } else {
        failed(append, error);
      }
    }
  }

  private void acked(Append append) {
    bytes.addAndGet(-append.size());
    took.accept(System.nanoTime() - append.begun());
    if (failing) {
      failing = false;
      log.info("appending to the log works again");
    }
    append.acked().run();
  }

  /** On the producer's thread. It is not one of those errors that pass: it goes behind others. */
  private void failed(Append append, Exception error) {
    if (!closing) {
      tell(append, error);
      restUntil = System.nanoTime() + AGAIN.toNanos();
      queue.add(append);
      LockSupport.unpark(thread);
    }
  }

  private void dropped(Append append, Exception error) {
    bytes.addAndGet(-append.size());
    log.error(
        "{} does not take {} bytes, so these replies are dropped: {} (set max.message.bytes of the"
            + " topic to more than that)",
        append.topic(),
        append.size(),
        error.getMessage());
    append.acked().run();
  }

  private void tell(Append append, Throwable error) {
    if (!failing) {
      failing = true;
      log.error(
          "cannot append to {} now: {}; nothing more is read until that works",
          append.topic(),
          error.getMessage());
    }
  }

  /** Waits for a few seconds until all is replicated. Blocks. */
  @Override
  public void close() {
    long end = System.nanoTime() + LAST.toNanos();
    while (bytes.get() > 0 && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    closing = true;
    LockSupport.unpark(thread);
    producer.close(Duration.ofSeconds(1));
    if (bytes.get() > 0) {
      log.warn("{} bytes were not replicated before the end", bytes.get());
    }
  }
}
