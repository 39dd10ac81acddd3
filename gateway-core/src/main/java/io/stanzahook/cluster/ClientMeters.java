package io.stanzahook.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka's clients measure themselves, by Micrometer's binder. They have hundreds of series,
 * and some for each partition and broker; only those are taken that are documented, one series for
 * each client.
 *
 * <p>Thread-safe.
 */
final class ClientMeters implements AutoCloseable {
  /** Their names at the binder. */
  static final Set<String> NAMES =
      Set.of(
          "kafka.producer.batch.size.avg",
          "kafka.producer.buffer.available.bytes",
          "kafka.producer.record.error.total",
          "kafka.producer.record.queue.time.avg",
          "kafka.producer.record.queue.time.max",
          "kafka.producer.record.retry.total",
          "kafka.producer.record.send.total",
          "kafka.producer.request.latency.avg",
          "kafka.producer.request.latency.max",
          "kafka.consumer.coordinator.assigned.partitions",
          "kafka.consumer.coordinator.commit.latency.avg",
          "kafka.consumer.coordinator.commit.latency.max",
          "kafka.consumer.coordinator.failed.rebalance.total",
          "kafka.consumer.coordinator.heartbeat.response.time.max",
          "kafka.consumer.coordinator.rebalance.latency.max",
          "kafka.consumer.coordinator.rebalance.total",
          "kafka.consumer.fetch.manager.fetch.latency.avg",
          "kafka.consumer.fetch.manager.fetch.latency.max",
          "kafka.consumer.fetch.manager.fetch.total",
          "kafka.consumer.time.between.poll.max",
          "kafka.consumer.connection.count",
          "kafka.producer.connection.count");

  /** One series for each of these would have no bound that we know. */
  private static final Set<String> UNBOUNDED = Set.of("partition", "node.id");

  private final CompositeMeterRegistry chosen = new CompositeMeterRegistry();

  /** How to bind the clients, by what they are for. */
  private final Map<String, Function<String, KafkaClientMetrics>> clients = new HashMap<>();

  private final Map<String, KafkaClientMetrics> bound = new HashMap<>();
  private @Nullable MeterRegistry registry;

  ClientMeters() {
    // Tags are left as they are: by their number the binder knows its meters again.
    chosen
        .config()
        .meterFilter(
            MeterFilter.denyUnless(
                id ->
                    NAMES.contains(id.getName())
                        && id.getTags().stream()
                            .noneMatch(tag -> UNBOUNDED.contains(tag.getKey()))));
  }

  /** From now on, all that was made and will be made is measured there. */
  synchronized void bind(MeterRegistry to) {
    registry = to;
    chosen.add(to);
    clients.keySet().forEach(this::bind);
  }

  private void bind(String client) {
    Function<String, KafkaClientMetrics> made = clients.get(client);
    if (registry != null && made != null) {
      KafkaClientMetrics before = bound.remove(client);
      if (before != null) {
        before.close();
      }
      KafkaClientMetrics now = made.apply(client);
      now.bindTo(chosen);
      bound.put(client, now);
    }
  }

  private static Tags tags(String client) {
    return Tags.of("client", client);
  }

  /** A consumer that replaces the one before, which was for the same. */
  synchronized KafkaConsumer<byte[], byte[]> of(
      String client, KafkaConsumer<byte[], byte[]> consumer) {
    clients.put(client, name -> new KafkaClientMetrics(consumer, tags(name)));
    bind(client);
    return consumer;
  }

  /** The same for a producer. */
  synchronized KafkaProducer<byte[], byte[]> of(
      String client, KafkaProducer<byte[], byte[]> producer) {
    clients.put(client, name -> new KafkaClientMetrics(producer, tags(name)));
    bind(client);
    return producer;
  }

  @Override
  public synchronized void close() {
    clients.clear();
    bound.values().forEach(KafkaClientMetrics::close);
    bound.clear();
    chosen.close();
  }
}
