package io.stanzahook.cluster;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.spool.SpoolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The dead letters of the cluster, in a compacted topic with the webhook-id as key. Every process
 * reads all of it and keeps it in memory. To redeliver one is a transaction: it is in the topic of
 * messages and out of this one, or neither.
 */
final class DeadLog implements AutoCloseable {
  /** Beyond it, the oldest are deleted. */
  static final int MAX_LETTERS = 10_000;

  private static final Logger log = LoggerFactory.getLogger("cluster");
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration BROKEN = Duration.ofSeconds(1);

  private final Clients clients;
  private final Appender appender;
  private final String topic;
  private final String in;
  private final String transactionalId;
  private final ToIntFunction<byte[]> partition;
  private final Thread thread;
  private final Scheduler transactions =
      Schedulers.newBoundedElastic(1, MAX_LETTERS, "cluster-redeliver", 60, true);

  /** By offset. */
  private final NavigableMap<Long, Letter> letters = new ConcurrentSkipListMap<>();

  /** Offsets by key. Belongs to the reading thread. */
  private final Map<String, Long> offsets = new HashMap<>();

  private @Nullable KafkaProducer<byte[], byte[]> producer;
  private volatile boolean closing;

  @SuppressWarnings("ArrayRecordComponent") // The key is only written again, never compared.
  private record Letter(
      byte[] key, byte[] conversation, ClusterMessage message, DeadLetter letter) {}

  /**
   * Starts reading.
   *
   * @param in the topic of messages
   * @param partition of it for a key
   */
  DeadLog(
      Clients clients,
      Appender appender,
      String topic,
      String in,
      String transactionalId,
      ToIntFunction<byte[]> partition) {
    this.clients = clients;
    this.appender = appender;
    this.topic = topic;
    this.in = in;
    this.transactionalId = transactionalId;
    this.partition = partition;
    this.thread = new Thread(this::run, "cluster-dead");
    thread.setDaemon(true);
    thread.start();
  }

  private static byte[] key(String webhookId) {
    return webhookId.getBytes(StandardCharsets.UTF_8);
  }

  /** Adds one. */
  void bury(Taken taken, Burial why, Runnable acked) {
    ClusterMessage message = taken.message();
    appender.append(
        topic,
        0,
        key(message.record().webhookId()),
        Codec.dead(message, taken.conversation(), why),
        acked);
  }

  private void run() {
    while (!closing) {
      try (KafkaConsumer<byte[], byte[]> consumer = clients.reader()) {
        List<TopicPartition> all = List.of(new TopicPartition(topic, 0));
        consumer.assign(all);
        consumer.seekToBeginning(all);
        letters.clear();
        offsets.clear();
        while (!closing) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            read(record);
          }
          discardOldest();
        }
      } catch (RuntimeException | Error e) {
        log.warn("cannot read the dead letters: {}", e.toString());
        LockSupport.parkNanos(BROKEN.toNanos());
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    String id = new String(record.key(), StandardCharsets.UTF_8);
    Long before = offsets.remove(id);
    if (before != null) {
      letters.remove(before);
    }
    byte[] value = record.value();
    Codec.Dead dead = value == null ? null : Codec.dead(value);
    if (dead != null) {
      // Positions begin with 1.
      long position = record.offset() + 1;
      offsets.put(id, position);
      letters.put(
          position,
          new Letter(
              record.key(),
              dead.conversation().getBytes(StandardCharsets.UTF_8),
              dead.message(),
              new DeadLetter(position, dead.message().record(), dead.burial())));
    }
  }

  private void discardOldest() {
    int tooMany = letters.size() - MAX_LETTERS;
    letters.values().stream()
        .limit(Math.max(0, tooMany))
        .forEach(
            each -> {
              letters.remove(each.letter().position());
              appender.append(topic, 0, each.key(), null, () -> {});
            });
  }

  /** Those of one component. */
  DeadLetters of(String domain) {
    return new OfOne(domain);
  }

  private final class OfOne implements DeadLetters {
    private final String domain;

    OfOne(String domain) {
      this.domain = domain;
    }

    private List<Letter> matching(Predicate<DeadLetter> matching) {
      List<Letter> all = new ArrayList<>();
      for (Letter each : letters.values()) {
        if (each.message().domain().equals(domain) && matching.test(each.letter())) {
          all.add(each);
        }
      }
      return all;
    }

    private List<Letter> withId(String webhookId) {
      return matching(each -> each.record().webhookId().equals(webhookId));
    }

    @Override
    public Mono<List<DeadLetter>> newest(long before, int most) {
      return Mono.fromSupplier(
          () ->
              letters.headMap(before, false).descendingMap().values().stream()
                  .filter(each -> each.message().domain().equals(domain))
                  .limit(most)
                  .map(Letter::letter)
                  .toList());
    }

    @Override
    public Mono<DeadLetter> find(String webhookId) {
      return Mono.defer(() -> Flux.fromIterable(withId(webhookId)).next().map(Letter::letter));
    }

    @Override
    public Mono<Long> redeliver(String webhookId) {
      return Mono.fromCallable(
              () -> {
                List<Letter> found = withId(webhookId);
                return found.isEmpty() ? null : deliverAgain(found.get(0));
              })
          .subscribeOn(transactions);
    }

    @Override
    public Mono<Long> redeliverAll(Predicate<DeadLetter> matching) {
      return Mono.fromCallable(
              () -> {
                List<Letter> found = matching(matching);
                found.forEach(DeadLog.this::deliverAgain);
                return (long) found.size();
              })
          .subscribeOn(transactions);
    }

    @Override
    public Mono<Boolean> discard(String webhookId) {
      return Mono.defer(() -> delete(withId(webhookId))).map(count -> count > 0);
    }

    @Override
    public Mono<Long> discardAll(Predicate<DeadLetter> matching) {
      return Mono.defer(() -> delete(matching(matching)));
    }

    private Mono<Long> delete(List<Letter> those) {
      return Flux.fromIterable(those)
          .flatMap(
              each -> {
                CompletableFuture<Boolean> done = new CompletableFuture<>();
                letters.remove(each.letter().position());
                appender.append(topic, 0, each.key(), null, () -> done.complete(true));
                return Mono.fromFuture(done);
              },
              256)
          .count();
    }
  }

  /** On the thread of transactions. */
  private Long deliverAgain(Letter letter) {
    KeptStanza record = letter.message().record();
    ClusterMessage again =
        new ClusterMessage(
            letter.message().domain(),
            new KeptStanza(
                record.webhookId(), record.receivedAt(), record.lang(), record.stanza(), true),
            letter.message().late(),
            letter.message().place());
    try {
      KafkaProducer<byte[], byte[]> open = producer;
      if (open == null) {
        open = clients.transactionalProducer(transactionalId);
        open.initTransactions();
        producer = open;
      }
      open.beginTransaction();
      byte[] key = letter.conversation();
      open.send(
          new ProducerRecord<>(in, partition.applyAsInt(key), key, Codec.message(again)),
          (metadata, error) -> {});
      open.send(new ProducerRecord<>(topic, 0, letter.key(), null), (metadata, error) -> {});
      open.commitTransaction();
      letters.remove(letter.letter().position());
      return letter.letter().position();
    } catch (KafkaException e) {
      closeProducer();
      throw new SpoolException(
          "the dead letter could not be redelivered, and is still there: " + e.getMessage(), e);
    }
  }

  private void closeProducer() {
    KafkaProducer<byte[], byte[]> open = producer;
    producer = null;
    if (open != null) {
      open.close(Duration.ofSeconds(1));
    }
  }

  @Override
  public void close() {
    closing = true;
    transactions.dispose();
    closeProducer();
    try {
      thread.join(BROKEN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
