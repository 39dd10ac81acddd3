package io.stanzahook.cluster;

import io.stanzahook.delivery.Burial;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.jspecify.annotations.Nullable;

/** Takes messages for the components of this process. */
final class WorkerLoop extends PartitionLoop {
  /** Messages that are held and not finished, at most; a poll may bring some more. */
  static final int MAX_HELD = 20_000;

  /** Records of one poll. */
  private static final int MAX_POLL = 500;

  /** Beyond it, a message of a component that this process does not have is a dead letter. */
  private static final long UNKNOWN = Duration.ofMinutes(1).toMillis();

  private final ClusterNode node;
  private final Map<String, List<Taken>> arrived = new LinkedHashMap<>();

  /** Since when nobody takes the messages of a component, by its domain. */
  private final Map<String, Long> unknown = new HashMap<>();

  WorkerLoop(ClusterNode node, Clients clients, String topic, String group) {
    super(
        "cluster-worker",
        topic,
        () ->
            clients.member(
                group,
                Map.of(
                    "partition.assignment.strategy",
                    CooperativeStickyAssignor.class.getName(),
                    "max.poll.records",
                    MAX_POLL)));
    this.node = node;
  }

  @Override
  boolean take(Ownership ownership, ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    ClusterMessage message = value == null ? null : Codec.message(value);
    if (message == null) {
      log.error(
          "the record at offset {} of {}, partition {}, is not a message; it is skipped",
          record.offset(),
          record.topic(),
          record.partition());
      finish(ownership, record.offset());
      return true;
    }
    byte[] key = record.key();
    String conversation = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    Taken taken = new Taken(ownership, record.offset(), conversation, message);
    if (node.find(message.domain()).listener() != null) {
      unknown.remove(message.domain());
      arrived.computeIfAbsent(message.domain(), domain -> new ArrayList<>()).add(taken);
      return true;
    }
    long now = System.currentTimeMillis();
    Long since = unknown.putIfAbsent(message.domain(), now);
    if (since == null) {
      log.warn(
          "there are messages for {}, and this process has no such component", message.domain());
    }
    if (since == null || now - since < UNKNOWN) {
      return false;
    }
    node.find(message.domain())
        .bury(
            taken,
            new Burial(now, 0, "unknown_component", "", "no worker has this component", 0, ""),
            () -> finish(ownership, record.offset()));
    return true;
  }

  @Override
  void taken() {
    arrived.forEach(
        (domain, messages) -> {
          ComponentLog.@Nullable MessageListener listener = node.find(domain).listener();
          if (listener == null) {
            // It left in this moment; the lease counts as lapsed, so they are taken again.
            messages.forEach(each -> letGo(each.ownership()));
            again();
          } else {
            listener.arrived(messages);
          }
        });
    arrived.clear();
  }

  @Override
  boolean isFull() {
    if (node.isStopping()) {
      return true;
    }
    int held = 0;
    for (Ownership each : ownerships().values()) {
      held += each.held();
    }
    return held >= MAX_HELD;
  }

  @Override
  void release(Set<Ownership> those) {
    node.messageListeners().forEach(each -> each.release(those));
  }

  @Override
  void lost(Set<Ownership> those) {
    node.messageListeners().forEach(each -> each.lost(those));
  }

  @Override
  void look() {
    node.trim(committed());
  }
}
