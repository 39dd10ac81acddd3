package io.stanzahook.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka's clients. What the user's file says beats what stands here. */
final class Clients {
  /** The least that a broker allows unless it is told otherwise. */
  static final Duration SESSION = Duration.ofSeconds(6);

  /**
   * With the answer to a heartbeat a member learns that another one left or died: so this is also
   * how long a take-over waits for that.
   */
  private static final Duration HEARTBEAT = Duration.ofMillis(200);

  private static final int BUFFER = 64 << 20;

  /** The largest record: brokers take 1 MiB unless they are told otherwise. */
  private static final int MAX_REQUEST = 20 << 20;

  private final ClusterSettings settings;
  private final ClientMeters meters = new ClientMeters();

  Clients(ClusterSettings settings) {
    this.settings = settings;
  }

  /** What those clients measure that live as long as the process. */
  ClientMeters meters() {
    return meters;
  }

  private Map<String, Object> common(Map<String, Object> own) {
    Map<String, Object> all = new HashMap<>();
    all.put("bootstrap.servers", settings.address().bootstrap());
    all.put("client.id", "stanzahook");
    all.put("request.timeout.ms", 5000);
    all.put("reconnect.backoff.max.ms", 500);
    all.put("socket.connection.setup.timeout.ms", 2000);
    all.put("socket.connection.setup.timeout.max.ms", 4000);
    // Its own telemetry is nobody's business here.
    all.put("enable.metrics.push", false);
    all.putAll(own);
    all.putAll(settings.clientProperties().values());
    return all;
  }

  Admin admin() {
    return Admin.create(common(Map.of("default.api.timeout.ms", 10_000)));
  }

  private Map<String, Object> producing() {
    Map<String, Object> own = new HashMap<>();
    own.put("acks", "all");
    own.put("enable.idempotence", true);
    own.put("linger.ms", 1);
    // A broker answers the requests of a connection one after another, each once it is replicated:
    // a second one would only wait there, and what comes meanwhile could not join it.
    own.put("max.in.flight.requests.per.connection", 1);
    own.put("batch.size", 64 << 10);
    own.put("buffer.memory", BUFFER);
    own.put("max.request.size", MAX_REQUEST);
    own.put("metadata.max.idle.ms", Integer.MAX_VALUE);
    return own;
  }

  /** One that tries for ever, so that order holds over any outage. */
  KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> own = producing();
    own.put("delivery.timeout.ms", Integer.MAX_VALUE);
    own.put("max.block.ms", 5000);
    return meters.of(
        "append",
        new KafkaProducer<>(common(own), new ByteArraySerializer(), new ByteArraySerializer()));
  }

  KafkaProducer<byte[], byte[]> transactionalProducer(String id) {
    Map<String, Object> own = producing();
    own.put("transactional.id", id);
    own.put("transaction.timeout.ms", 10_000);
    own.put("delivery.timeout.ms", 10_000);
    own.put("max.block.ms", 10_000);
    return new KafkaProducer<>(common(own), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Map<String, Object> consuming() {
    Map<String, Object> own = new HashMap<>();
    own.put("enable.auto.commit", false);
    own.put("auto.offset.reset", "earliest");
    own.put("allow.auto.create.topics", false);
    own.put("isolation.level", "read_committed");
    own.put("default.api.timeout.ms", 5000);
    return own;
  }

  /**
   * A member of a group.
   *
   * @param assignment more properties: how its partitions are assigned
   */
  KafkaConsumer<byte[], byte[]> member(String group, Map<String, Object> assignment) {
    Map<String, Object> own = consuming();
    own.put("group.protocol", "classic");
    own.put("group.id", group);
    own.put("session.timeout.ms", (int) SESSION.toMillis());
    own.put("heartbeat.interval.ms", (int) HEARTBEAT.toMillis());
    own.put("max.poll.interval.ms", 30_000);
    own.putAll(assignment);
    return meters.of(
        group.substring(group.lastIndexOf('.') + 1),
        new KafkaConsumer<>(common(own), new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  /** One that belongs to no group. */
  KafkaConsumer<byte[], byte[]> reader() {
    return new KafkaConsumer<>(
        common(consuming()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
