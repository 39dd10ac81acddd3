package io.stanzahook.cluster;

import io.stanzahook.cluster.PartitionLanes.Step;
import io.stanzahook.delivery.Burial;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages for the components of this process. Each has its share of the places in memory;
 * one that needs more is passed over as long as others have room, see {@link PartitionLanes}.
 */
final class WorkerLoop extends PartitionLoop {
  /** Messages that are held and not finished, at most, of all components together. */
  static final int MAX_HELD = 20_000;

  /** However many components there are, each may hold so many. */
  static final int LEAST_SHARE = 256;

  /** Records of one poll. */
  private static final int MAX_POLL = 500;

  /** Beyond it, a message of a component that this process does not have is a dead letter. */
  private static final long UNKNOWN = Duration.ofMinutes(1).toNanos();

  /** How often to look for conversations that are stuck. */
  private static final long RELIEVE = Duration.ofSeconds(1).toNanos();

  private final ClusterNode node;
  private final LaneReader reader;
  private final Map<ClusterNode.Part, List<Taken>> arrived = new LinkedHashMap<>();

  /** Since when nobody takes the messages of a component, by its domain. */
  private final Map<String, Long> unknown = new HashMap<>();

  private int share = MAX_HELD;
  private long relievedAt = System.nanoTime();

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
    this.reader = new LaneReader(clients::reader);
  }

  /** How many messages each of so many components may hold. */
  static int share(int components) {
    return Math.max(LEAST_SHARE, MAX_HELD / Math.max(1, components));
  }

  @Override
  Step take(PartitionLanes lanes, Ownership ownership, ConsumerRecord<byte[], byte[]> record) {
    return lanes.passes(record.offset()) ? Step.PASS : take(lanes, ownership, record, false);
  }

  private Step takeAgain(
      PartitionLanes lanes, Ownership ownership, ConsumerRecord<byte[], byte[]> record) {
    return take(lanes, ownership, record, true);
  }

  private Step take(
      PartitionLanes lanes,
      Ownership ownership,
      ConsumerRecord<byte[], byte[]> record,
      boolean again) {
    byte[] value = record.value();
    ClusterMessage message = value == null ? null : Codec.message(value);
    if (message == null) {
      if (!again && lanes.read(record.offset())) {
        log.error(
            "the record at offset {} of {}, partition {}, is not a message; it is skipped",
            record.offset(),
            record.topic(),
            record.partition());
        lanes.finish(record.offset());
      }
      return Step.PASS;
    }
    byte[] key = record.key();
    String conversation = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    String domain = message.domain();
    ClusterNode.Part part = node.find(domain);
    ComponentLog.@Nullable MessageListener listener = part.listener();
    long now = System.nanoTime();
    boolean room = listener == null ? isUnknown(part, now) : part.held() < share;
    Step step =
        again
            ? lanes.readAgain(record.offset(), domain, conversation, room, now)
            : lanes.read(
                record.offset(),
                domain,
                conversation,
                room,
                !room && node.hasRoomBeside(part, share),
                now);
    if (step == Step.TAKE) {
      ownership.hold(1);
      part.hold(1);
      Taken taken = new Taken(ownership, record.offset(), conversation, message);
      if (listener == null) {
        part.bury(
            taken,
            new Burial(
                System.currentTimeMillis(),
                0,
                "unknown_component",
                "",
                "no worker has this component",
                0,
                ""),
            () -> part.finish(taken));
      } else {
        arrived.computeIfAbsent(part, each -> new ArrayList<>()).add(taken);
      }
    }
    return step;
  }

  /** Whether a component is unknown for so long that its messages wait no longer. */
  private boolean isUnknown(ClusterNode.Part part, long now) {
    Long since = unknown.putIfAbsent(part.domain(), now);
    if (since == null && !part.wasFollowed()) {
      log.warn("there are messages for {}, and this process has no such component", part.domain());
    }
    return since != null && now - since >= UNKNOWN;
  }

  @Override
  void readAgain(Collection<Owned> all) {
    long now = System.nanoTime();
    if (now - relievedAt >= RELIEVE) {
      relievedAt = now;
      unknown.keySet().removeIf(domain -> node.find(domain).listener() != null);
      for (Owned each : all) {
        each.lanes.relieve(now, domain -> node.find(domain).held() > share / 2);
      }
    }
    reader.turn(all, component -> hasRoomAgain(component, now), this::takeAgain);
  }

  /** Whether it is worth while to go back to a component's messages. */
  private boolean hasRoomAgain(long component, long now) {
    ClusterNode.@Nullable Part part = node.findLane(component);
    if (part == null) {
      // Not even its name is known before one is read.
      return true;
    }
    if (part.listener() != null) {
      return part.held() < share - share / 4;
    }
    Long since = unknown.get(part.domain());
    return since == null || now - since >= UNKNOWN;
  }

  @Override
  void taken() {
    arrived.forEach(
        (part, messages) -> {
          ComponentLog.@Nullable MessageListener listener = part.listener();
          if (listener == null) {
            // It left in this moment.
            messages.forEach(part::letGo);
            again(part.domain(), () -> {});
          } else {
            listener.arrived(messages);
          }
        });
    arrived.clear();
  }

  /** Where all are full, reading on would only pass over all. */
  @Override
  boolean isFull() {
    int components = node.messageListeners().size();
    share = share(components);
    return node.isStopping() || (components > 0 && !node.hasRoomBeside(null, share));
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

  @Override
  void stopped() {
    reader.close();
  }
}
