package io.stanzahook.cluster;

import io.stanzahook.cluster.PartitionLanes.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

/**
 * Holds slots: who owns a partition of the topic of replies holds the streams of the components
 * that have this slot, and writes their replies.
 */
final class EdgeLoop extends PartitionLoop {
  /** Sets of replies that are not written yet, at most; a poll may bring some more. */
  private static final int MAX_HELD = 4096;

  /** The same of one slot: one whose stream is down does not stop the others. */
  private static final int MAX_OF_SLOT = MAX_HELD / Topics.SLOTS;

  private static final int MAX_POLL = 500;

  /** How long replies wait for a component that this process does not have. */
  static final Duration UNKNOWN = Duration.ofMinutes(1);

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

  /**
   * Of each partition of messages, the last owner that answered. What one slot says means nothing
   * for another one, which may be read later.
   */
  private final Map<Place, Answered> answered = new HashMap<>();

  /** What is being written, by slot and offset. */
  private final Map<Place, Writing> writing = new ConcurrentHashMap<>();

  /** {@link #UNKNOWN}, but for tests, in nanoseconds. */
  private final long unknown;

  /** Components that this process does not have, and for whom there are replies. */
  private final Map<Wanted, Missing> missing = new HashMap<>();

  private final KeptSlots kept = new KeptSlots();

  private record Answered(int generation, long at) {}

  /** An offset of a slot, or a partition of messages as a slot has it. */
  private record Place(int slot, long number) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int first = Integer.compare(slot, other.slot);
      return first == 0 ? Long.compare(number, other.number) : first;
    }
  }

  private record Wanted(String domain, int slot) implements Comparable<Wanted> {
    @Override
    public int compareTo(Wanted other) {
      int first = Integer.compare(slot, other.slot);
      return first == 0 ? domain.compareTo(other.domain) : first;
    }
  }

  private static final class Missing {
    final long since;
    boolean told;

    Missing(long since) {
      this.since = since;
    }
  }

  EdgeLoop(
      ClusterNode node,
      Clients clients,
      String topic,
      String group,
      SlotAssignor.Wishes wishes,
      Duration unknown) {
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
    this.unknown = unknown.toNanos();
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
      Place place = new Place(record.partition(), record.offset());
      ComponentLog.@Nullable StreamListener stream = node.stream(set.domain(), place.slot());
      if (stream == null || stream.hasEnded()) {
        if (mayCome(new Wanted(set.domain(), place.slot()))) {
          return Step.WAIT;
        }
        node.expired();
      } else if (!isOutdated(set, place.slot(), now)) {
        Writing before = writing.get(place);
        if (before != null && before.goesOnFor(ownership)) {
          return Step.TAKE;
        }
        if (isFirst(set, now)) {
          ownership.hold(1);
          Writing next = new Writing(ownership, place, set.webhookId(), stream);
          writing.put(place, next);
          Flux.defer(() -> stream.write(set)).subscribe(next);
          return Step.TAKE;
        }
      }
    } else {
      node.expired();
    }
    lanes.finish(record.offset());
    return Step.PASS;
  }

  /**
   * Whether a component that this process does not have, or whose stream has ended, may be here
   * soon. The replies of other components with this slot wait behind its own.
   */
  private boolean mayCome(Wanted wanted) {
    long now = System.nanoTime();
    Missing one = missing.computeIfAbsent(wanted, first -> new Missing(now));
    if (node.isStopping() || now - one.since < unknown) {
      return true;
    }
    if (!one.told) {
      one.told = true;
      log.error(
          "there are replies for {} in slot {}, and this process has not had such a component for"
              + " {} s: they are dropped",
          wanted.domain(),
          wanted.slot(),
          Duration.ofNanos(unknown).toSeconds());
    }
    return false;
  }

  private boolean isHere(Wanted wanted) {
    ComponentLog.@Nullable StreamListener stream = node.stream(wanted.domain(), wanted.slot());
    return stream != null && !stream.hasEnded();
  }

  /** Whether these are from an owner that has a successor. */
  private boolean isOutdated(ReplySet set, int slot, long now) {
    if (set.partition() < 0) {
      return false;
    }
    Place of = new Place(slot, set.partition());
    Answered last = answered.get(of);
    if (last != null && last.generation() > set.generation() && now - last.at() < REMEMBERED) {
      return true;
    }
    answered.put(of, new Answered(set.generation(), now));
    return false;
  }

  /** What was not written is read in the order of the log: so it has no successor before. */
  @Override
  void begins(int slot) {
    answered.keySet().removeIf(each -> each.slot() == slot);
  }

  /** Whether these are not written already. */
  private boolean isFirst(ReplySet set, long now) {
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
    private final Place place;
    private final String webhookId;
    private final ComponentLog.StreamListener stream;
    private boolean failed;

    /** For whom. Guarded by this, as is what follows. */
    private Ownership ownership;

    private boolean ended;

    Writing(
        Ownership ownership, Place place, String webhookId, ComponentLog.StreamListener stream) {
      this.ownership = ownership;
      this.place = place;
      this.webhookId = webhookId;
      this.stream = stream;
    }

    /** Whether it has not ended. If so, it is held by that ownership from now on. */
    synchronized boolean goesOnFor(Ownership next) {
      if (!ended && ownership != next) {
        letGo(ownership);
        next.hold(1);
        ownership = next;
      }
      return !ended;
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
      Ownership of;
      boolean left;
      boolean over = failed && stream.hasEnded();
      synchronized (this) {
        of = ownership;
        left = failed && (over || node.isStopping() || of.isLeaving() || of.isLost());
        if (left && !webhookId.isEmpty()) {
          leftUnwritten.add(webhookId);
        }
        ended = true;
      }
      writing.remove(place, this);
      if (!left) {
        finish(of, place.number());
        return;
      }
      // The stream is not this process's any more, or another component's: that one writes it.
      letGo(of);
      if (over) {
        takeAgain(of);
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
  boolean isFull(Ownership of) {
    return of.held() >= MAX_OF_SLOT;
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
    missing.keySet().removeIf(this::isHere);
    node.lookAtSlots();
    if (node.lookAtStreams()) {
      rebalance();
    }
  }
}
