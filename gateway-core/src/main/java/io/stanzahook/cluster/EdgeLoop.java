package io.stanzahook.cluster;

import io.stanzahook.cluster.PartitionLanes.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

/**
 * Holds slots: who owns a partition of the topic of replies holds the streams of the components
 * that have this slot, and writes their replies.
 */
final class EdgeLoop extends PartitionLoop {
  /** Sets of replies that are not written yet, at most; a poll may bring some more. */
  private static final int MAX_HELD = 4096;

  private static final int MAX_POLL = 500;

  /** Replies to one message are not written twice within this time. */
  private static final long REMEMBERED = Duration.ofMinutes(10).toMillis();

  private static final int MAX_REMEMBERED = 200_000;

  private final ClusterNode node;

  /** When replies to a message were last written, by its webhook-id, the oldest first. */
  private final Map<String, Long> written = new LinkedHashMap<>();

  /**
   * What was to be written and is left to the next owner of its slot. It never has more than was
   * held: nothing more is written before it is emptied.
   */
  private final Queue<String> leftUnwritten = new ConcurrentLinkedQueue<>();

  /** Of each partition of messages, the last owner that answered. */
  private final Map<Integer, Answered> answered = new HashMap<>();

  private final KeptSlots kept = new KeptSlots();

  private record Answered(int generation, long at) {}

  EdgeLoop(
      ClusterNode node, Clients clients, String topic, String group, SlotAssignor.Wishes wishes) {
    super(
        "cluster-edge",
        topic,
        () ->
            clients.member(
                group,
                Map.of(
                    "partition.assignment.strategy",
                    SlotAssignor.class.getName(),
                    SlotAssignor.WISHES,
                    wishes,
                    "max.poll.records",
                    MAX_POLL)));
    this.node = node;
  }

  @Override
  Step take(PartitionLanes lanes, Ownership ownership, ConsumerRecord<byte[], byte[]> record) {
    if (!lanes.read(record.offset())) {
      return Step.PASS;
    }
    byte[] value = record.value();
    ReplySet set = value == null ? null : Codec.replies(value);
    long now = System.currentTimeMillis();
    if (set == null) {
      log.error(
          "the record at offset {} of {}, partition {}, is not a set of replies; it is skipped",
          record.offset(),
          record.topic(),
          record.partition());
    } else if (set.expires() > now) {
      ComponentLog.@Nullable StreamListener stream = node.stream(set.domain(), record.partition());
      if (stream == null) {
        return Step.WAIT;
      }
      if (isFirst(set, now)) {
        ownership.hold(1);
        stream.write(set).subscribe(new Writing(ownership, record.offset(), set.webhookId()));
        return Step.TAKE;
      }
    } else {
      node.expired();
    }
    lanes.finish(record.offset());
    return Step.PASS;
  }

  /** Whether these are neither written already nor from an owner that has a successor. */
  private boolean isFirst(ReplySet set, long now) {
    if (set.partition() >= 0) {
      Answered last = answered.get(set.partition());
      if (last != null && last.generation() > set.generation() && now - last.at() < REMEMBERED) {
        return false;
      }
      answered.put(set.partition(), new Answered(set.generation(), now));
    }
    if (set.webhookId().isEmpty()) {
      return true;
    }
    for (String id = leftUnwritten.poll(); id != null; id = leftUnwritten.poll()) {
      // The slot may have come back.
      written.remove(id);
    }
    var oldest = written.entrySet().iterator();
    while (oldest.hasNext()
        && (written.size() >= MAX_REMEMBERED || now - oldest.next().getValue() > REMEMBERED)) {
      if (written.size() >= MAX_REMEMBERED) {
        oldest = written.entrySet().iterator();
        oldest.next();
      }
      oldest.remove();
    }
    return written.putIfAbsent(set.webhookId(), now) == null;
  }

  private final class Writing extends BaseSubscriber<Void> {
    private final Ownership ownership;
    private final long offset;
    private final String webhookId;
    private boolean failed;

    Writing(Ownership ownership, long offset, String webhookId) {
      this.ownership = ownership;
      this.offset = offset;
      this.webhookId = webhookId;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    protected void hookOnError(Throwable error) {
      // The stream told its observers why.
      failed = true;
    }

    @Override
    protected void hookFinally(SignalType type) {
      if (failed && (node.isStopping() || ownership.isLeaving())) {
        // The stream is not this process's any more: another one writes it.
        if (!webhookId.isEmpty()) {
          leftUnwritten.add(webhookId);
        }
        letGo(ownership);
      } else {
        finish(ownership, offset);
      }
    }
  }

  @Override
  boolean isFull() {
    int held = 0;
    for (Ownership each : ownerships().values()) {
      held += each.held();
    }
    return held >= MAX_HELD;
  }

  @Override
  void release(Set<Ownership> those) {
    those.forEach(Ownership::leave);
    lost(those);
    those.forEach(node::leave);
    node.appended(Duration.ofSeconds(2));
  }

  @Override
  void lost(Set<Ownership> those) {
    for (Ownership each : those) {
      node.streamsOf(each.partition()).forEach(ComponentLog.StreamListener::lost);
    }
  }

  /** The streams stay until it is known who gets the slots. */
  @Override
  void forgotten(Set<Ownership> those) {
    long now = System.nanoTime();
    those.forEach(each -> kept.keep(each.partition(), now));
  }

  @Override
  void gained(Set<Ownership> those) {
    those.forEach(each -> kept.regained(each.partition()));
  }

  @Override
  void assigned() {
    letGo(kept.takeAll());
  }

  @Override
  void taken() {
    letGo(kept.takeExpired(System.nanoTime()));
  }

  private void letGo(Set<Integer> slots) {
    for (int slot : slots) {
      node.streamsOf(slot).forEach(ComponentLog.StreamListener::lost);
    }
  }

  /** Slots whose streams are still there, although they are nobody's now. Any thread. */
  Set<Integer> kept() {
    return kept.all();
  }

  /** Whether the stream of a slot is there, and not surely this process's own. Any thread. */
  boolean isUncertain(int slot) {
    return kept.has(slot) || (ownerships().containsKey(slot) && !isCertain());
  }

  /**
   * The stream stays: nothing is read from it meanwhile. The server ends it if there is another.
   */
  @Override
  void lapsed(Set<Ownership> those) {}

  @Override
  void look() {
    node.lookAtSlots();
    if (node.lookAtStreams()) {
      rebalance();
    }
  }
}
