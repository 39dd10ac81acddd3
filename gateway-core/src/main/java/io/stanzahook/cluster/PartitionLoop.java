package io.stanzahook.cluster;

import io.stanzahook.cluster.PartitionLanes.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group that takes records from the partitions it owns, and commits which are
 * finished. It never stops polling, so that it stays a member: what has no room is paused.
 *
 * <p>While its {@link Lease} is not valid, nothing is taken, and what was taken and not finished
 * counts as lost: it is taken again once the lease is valid, here or by the next owner.
 *
 * <p>It is one class, although it is long, because each step of the loop reads and changes the same
 * state of the partitions that are owned.
 *
 * <p>Threading: one thread does all of it, but for what says otherwise.
 */
abstract class PartitionLoop implements ConsumerRebalanceListener, AutoCloseable {
  /** Between two polls: results of this time are handled together. */
  private static final Duration POLL = Duration.ofMillis(10);

  private static final long COMMIT = Duration.ofMillis(100).toNanos();
  private static final long RENEW = Duration.ofSeconds(1).toNanos();
  private static final long RENEW_LAPSED = Duration.ofMillis(200).toNanos();

  /** A record that nobody takes is tried again after this time. */
  private static final long AGAIN = Duration.ofMillis(500).toNanos();

  /** How long what has begun may take when a partition goes to another owner. */
  private static final Duration RELEASE = Duration.ofSeconds(3);

  private static final Duration LEAVE = Duration.ofSeconds(3);
  private static final Duration BROKEN = Duration.ofSeconds(1);

  /** How long the brokers may take to say where new partitions begin: less than a poll may take. */
  private static final Duration BEGIN = Duration.ofSeconds(15);

  final Logger log = LoggerFactory.getLogger("cluster");
  private final String topic;
  private final Supplier<? extends Consumer<byte[], byte[]>> connect;
  private final Lease lease;
  private final Thread thread;
  private final Pace pace = new Pace();

  /** By partition. */
  private final Map<Integer, Owned> owned = new TreeMap<>();

  private final Queue<Finished> finished = new ConcurrentLinkedQueue<>();

  /** What others want to be done on this thread. */
  private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();

  @SuppressWarnings("NullAway.Init") // Made when the thread begins.
  private Consumer<byte[], byte[]> consumer;

  private boolean lapsed = true;

  /** Whether somebody saw that the lease was over. */
  private final AtomicBoolean lapseSeen = new AtomicBoolean();

  private volatile boolean closing;
  private volatile Map<Integer, Ownership> ownerships = Map.of();
  private volatile long lag;
  private volatile boolean rebalance;
  private long committedAt;
  private long lookedAt;
  private boolean committing;

  private record Finished(Ownership ownership, long offset) {}

  /** A partition that is owned. */
  static final class Owned {
    final TopicPartition partition;
    final PartitionLanes lanes;
    private Ownership ownership;
    private boolean changed = true;
    private boolean paused;

    /** Nothing is taken before this time. */
    private long holdUntil;

    private boolean holds;

    /** What is not finished is to be taken again. */
    private boolean again;

    Owned(TopicPartition partition, PartitionLanes lanes, Ownership ownership) {
      this.partition = partition;
      this.lanes = lanes;
      this.ownership = ownership;
    }

    int number() {
      return partition.partition();
    }

    Ownership ownership() {
      return ownership;
    }
  }

  PartitionLoop(String name, String topic, Supplier<? extends Consumer<byte[], byte[]>> connect) {
    this(
        name,
        topic,
        connect,
        new Lease(Clients.SESSION.minusSeconds(1), System::nanoTime, System::currentTimeMillis));
  }

  /** For tests, which have clocks of their own. */
  PartitionLoop(
      String name,
      String topic,
      Supplier<? extends Consumer<byte[], byte[]>> connect,
      Lease lease) {
    this.topic = topic;
    this.connect = connect;
    this.lease = lease;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Takes a record that was read, if the lanes say so; what is taken is held by its ownership. It
   * has to wait if nobody can take it now.
   */
  abstract Step take(
      PartitionLanes lanes, Ownership ownership, ConsumerRecord<byte[], byte[]> record);

  /** The records of a poll were taken: what was passed over before may be read again. */
  void readAgain(Collection<Owned> all) {}

  /** All records of a turn were taken. */
  void taken() {}

  /** Whether nothing more is to be taken for now. */
  abstract boolean isFull();

  /** The same of one partition. */
  boolean isFull(Ownership of) {
    return false;
  }

  /** A partition is read from its lowest offset on that is not finished, perhaps once more. */
  void begins(int partition) {}

  /** These are owned now. */
  void gained(Set<Ownership> those) {}

  /** These go to another owner: what has not begun is to be let go. */
  abstract void release(Set<Ownership> those);

  /** These have another owner, or may have one. */
  abstract void lost(Set<Ownership> those);

  /** The group does not know this process any more: these have another owner, or will have one. */
  void forgotten(Set<Ownership> those) {
    lost(those);
  }

  /** The group has assigned all partitions, and this process knows its own. */
  void assigned() {}

  /** These may have another owner: what was taken and is not finished is taken again. */
  void lapsed(Set<Ownership> those) {
    lost(those);
  }

  /** What is owned now, by partition. Any thread. */
  Map<Integer, Ownership> ownerships() {
    return ownerships;
  }

  /** Records that are not finished, of the partitions that are owned. Any thread. */
  long lag() {
    return lag;
  }

  /** Whether something may begin that only the owner may do. Any thread. */
  boolean mayBegin(Ownership ownership) {
    if (ownership.isLost()) {
      return false;
    }
    if (lease.isValid()) {
      return true;
    }
    lapseSeen.set(true);
    return false;
  }

  /**
   * What a component holds is to be taken again, and nothing else. Any thread.
   *
   * @param then run on the loop's thread, once nothing is taken that was read before
   */
  void again(String domain, Runnable then) {
    steps.add(
        () -> {
          owned.values().forEach(each -> each.lanes.again(domain));
          then.run();
        });
  }

  /**
   * What was taken of a partition, and is neither finished nor held any more, is to be taken again
   * after a moment. Any thread.
   */
  void takeAgain(Ownership ownership) {
    steps.add(
        () -> {
          Owned of = owned.get(ownership.partition());
          if (of != null && of.ownership == ownership) {
            of.again = true;
          }
        });
  }

  /** Whether what this process owns is surely its own now. Any thread. */
  boolean isCertain() {
    return lease.isValid();
  }

  /** A record is finished. Any thread. */
  void finish(Ownership ownership, long offset) {
    ownership.hold(-1);
    finished.add(new Finished(ownership, offset));
  }

  /** A record is not held any more, and not finished. Any thread. */
  void letGo(Ownership ownership) {
    ownership.hold(-1);
  }

  /** The lowest offset of each partition that is not finished. On the loop's thread. */
  Map<Integer, Long> committed() {
    Map<Integer, Long> all = new TreeMap<>();
    owned.forEach((partition, each) -> all.put(partition, each.lanes.committed()));
    return all;
  }

  /** Done on the loop's thread, about once a second. */
  void look() {}

  /** The loop's consumer is closed. On the loop's thread. */
  void stopped() {}

  /** Asks the group to assign partitions anew. Any thread. */
  void rebalance() {
    rebalance = true;
  }

  /**
   * Whatever fails: without this thread, nothing would be taken any more, and nobody would know.
   */
  private void run() {
    while (!closing) {
      try {
        belong();
      } catch (RuntimeException | Error e) {
        log.error("{}: {}; beginning anew", thread.getName(), e.toString(), e);
        LockSupport.parkNanos(BROKEN.toNanos());
      }
    }
  }

  private void belong() {
    try (Consumer<byte[], byte[]> opened = connect.get()) {
      consumer = opened;
      consumer.subscribe(List.of(topic), this);
      while (!closing) {
        turn();
      }
      consumer.close(CloseOptions.timeout(LEAVE));
    } catch (WakeupException e) {
      // It is closing.
    } catch (RuntimeException | Error e) {
      if (closing) {
        log.debug("{}: while closing", thread.getName(), e);
      } else {
        log.error("{}: {}; beginning anew", thread.getName(), e.toString(), e);
      }
      onPartitionsLost(List.of());
      LockSupport.parkNanos(BROKEN.toNanos());
    } finally {
      stopped();
    }
  }

  private void turn() {
    var records = consumer.poll(POLL);
    int brought = records.count();
    settle();
    if (rebalance) {
      rebalance = false;
      consumer.enforceRebalance("balance");
    }
    boolean setBack = lookAtLease();
    for (TopicPartition partition : records.partitions()) {
      Owned of = owned.get(partition.partition());
      // What was polled before the position was set back would be taken before what comes first.
      if (of != null && !lapsed && !setBack) {
        take(of, records.records(partition));
      }
    }
    if (!lapsed) {
      readAgain(owned.values());
    }
    taken();
    pauseOrResume();
    commitIfDue();
    pace.rest(brought);
  }

  private void take(Owned of, List<ConsumerRecord<byte[], byte[]>> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (take(of.lanes, of.ownership, record) == Step.WAIT) {
        of.holds = true;
        of.holdUntil = System.nanoTime() + AGAIN;
        consumer.seek(of.partition, record.offset());
        return;
      }
    }
  }

  private void settle() {
    for (Finished one = finished.poll(); one != null; one = finished.poll()) {
      Owned of = owned.get(one.ownership().partition());
      if (of != null && of.ownership == one.ownership()) {
        of.lanes.finish(one.offset());
        of.changed = true;
      }
    }
    for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
      step.run();
    }
  }

  /**
   * Whether reading begins again with what is not finished: the lease may be valid again at once.
   */
  private boolean lookAtLease() {
    boolean setBack = false;
    // What is seen from now on is looked at in the next turn.
    boolean seen = lapseSeen.getAndSet(false);
    boolean valid = !seen && lease.isValid();
    if (!valid && !lapsed) {
      lapsed = true;
      if (!owned.isEmpty()) {
        setBack = true;
        log.warn(
            "{}: the brokers have not confirmed for {} s that this process owns its partitions;"
                + " nothing begins until they do",
            thread.getName(),
            Clients.SESSION.minusSeconds(1).toSeconds());
        Set<Ownership> gone = new HashSet<>();
        for (Owned each : owned.values()) {
          gone.add(each.ownership);
          each.ownership.lose();
          each.ownership = new Ownership(each.number(), each.ownership.generation());
          setBack(each);
        }
        lapsed(gone);
        publish();
      }
    }
    if (lapsed && lease.isValid()) {
      lapsed = false;
    }
    return setBack;
  }

  private void setBack(Owned of) {
    of.again = false;
    of.lanes.again();
    consumer.seek(of.partition, of.lanes.front());
    begins(of.number());
  }

  private void pauseOrResume() {
    boolean none = lapsed || isFull();
    long now = System.nanoTime();
    for (Owned each : owned.values()) {
      if (each.again) {
        setBack(each);
        each.holds = true;
        each.holdUntil = now + AGAIN;
      }
      each.holds = each.holds && each.holdUntil - now > 0;
      boolean pause = none || each.holds || each.lanes.isTooFarAhead() || isFull(each.ownership);
      if (pause != each.paused) {
        each.paused = pause;
        List<TopicPartition> it = List.of(each.partition);
        if (pause) {
          consumer.pause(it);
        } else {
          consumer.resume(it);
        }
      }
    }
  }

  private void commitIfDue() {
    long now = System.nanoTime();
    if (now - lookedAt >= RENEW) {
      lookedAt = now;
      lookAtLag();
      look();
    }
    if (committing && now - committedAt < Clients.SESSION.toNanos()) {
      return;
    }
    boolean changed = owned.values().stream().anyMatch(each -> each.changed);
    long due = changed ? COMMIT : lapsed ? RENEW_LAPSED : RENEW;
    if (!owned.isEmpty() && now - committedAt >= due) {
      committedAt = now;
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      for (Owned each : owned.values()) {
        if (each.changed || offsets.isEmpty()) {
          each.changed = false;
          offsets.put(each.partition, commit(each));
        }
      }
      Lease.Sent sent = lease.now();
      committing = true;
      consumer.commitAsync(
          offsets,
          (those, error) -> {
            committing = false;
            if (error == null) {
              lease.renew(sent);
            } else {
              owned.values().forEach(each -> each.changed = true);
              log.debug("{}: not committed", thread.getName(), error);
            }
          });
    }
  }

  private static OffsetAndMetadata commit(Owned each) {
    PartitionLanes.Commit commit = each.lanes.commit();
    return new OffsetAndMetadata(commit.offset(), commit.metadata());
  }

  private void lookAtLag() {
    long all = 0;
    for (Owned each : owned.values()) {
      OptionalLong behind = consumer.currentLag(each.partition);
      all += behind.orElse(0) + each.ownership.held() + each.lanes.left();
    }
    lag = all;
  }

  private void publish() {
    Map<Integer, Ownership> next = new HashMap<>();
    owned.values().forEach(each -> next.put(each.number(), each.ownership));
    ownerships = Map.copyOf(next);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      gain(partitions);
    }
    assigned();
  }

  private void gain(Collection<TopicPartition> partitions) {
    committing = false;
    Map<TopicPartition, OffsetAndMetadata> committed = committed(new HashSet<>(partitions));
    int generation = consumer.groupMetadata().generationId();
    Set<Ownership> gained = new HashSet<>();
    for (TopicPartition each : partitions) {
      @Nullable OffsetAndMetadata last = committed.get(each);
      PartitionLanes lanes =
          last == null
              ? new PartitionLanes(consumer.position(each), "")
              : new PartitionLanes(last.offset(), last.metadata());
      if (last != null) {
        // Lanes may be behind: what is read again for them does not hold up the others.
        consumer.seek(each, lanes.front());
      }
      Owned of = new Owned(each, lanes, new Ownership(each.partition(), generation));
      owned.put(each.partition(), of);
      begins(each.partition());
      gained.add(of.ownership);
    }
    // Until the coordinator has confirmed it.
    owned.values().forEach(each -> each.paused = true);
    consumer.pause(consumer.assignment());
    publish();
    log.info(
        "{}: owns {} partitions, {} of them new", thread.getName(), owned.size(), gained.size());
    gained(gained);
  }

  /** If this failed, all that this process owns would be given away, and streams would end. */
  private Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    long end = System.nanoTime() + BEGIN.toNanos();
    while (true) {
      try {
        return consumer.committed(partitions);
      } catch (TimeoutException e) {
        if (closing || System.nanoTime() - end >= 0) {
          throw e;
        }
        log.warn("{}: waiting for what was committed: {}", thread.getName(), e.getMessage());
      }
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    List<Owned> those = remove(partitions);
    if (those.isEmpty()) {
      return;
    }
    Set<Ownership> going = new HashSet<>();
    those.forEach(each -> going.add(each.ownership));
    try {
      release(going);
    } catch (RuntimeException e) {
      log.error("{}: while giving partitions away: {}", thread.getName(), e.toString(), e);
    }
    long end = System.nanoTime() + RELEASE.toNanos();
    while (isCertain()
        && System.nanoTime() - end < 0
        && going.stream().anyMatch(each -> each.held() > 0)) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    those.forEach(each -> owned.put(each.number(), each));
    settle();
    going.forEach(Ownership::lose);
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (Owned each : those) {
      owned.remove(each.number());
      offsets.put(each.partition, commit(each));
    }
    lost(going);
    publish();
    try {
      consumer.commitSync(offsets, Duration.ofSeconds(2));
    } catch (KafkaException e) {
      log.warn("{}: the last commit failed: {}", thread.getName(), e.getMessage());
    }
    log.info("{}: gave {} partitions away", thread.getName(), those.size());
  }

  /** All that are owned, where none are named. */
  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    List<Owned> those = partitions.isEmpty() ? new ArrayList<>(owned.values()) : remove(partitions);
    those.forEach(each -> owned.remove(each.number()));
    Set<Ownership> gone = new HashSet<>();
    for (Owned each : those) {
      each.ownership.lose();
      gone.add(each.ownership);
    }
    forgotten(gone);
    publish();
    committing = false;
    if (!gone.isEmpty()) {
      log.warn("{}: {} partitions have other owners now", thread.getName(), gone.size());
    }
  }

  private List<Owned> remove(Collection<TopicPartition> partitions) {
    List<Owned> those = new ArrayList<>();
    for (TopicPartition each : partitions) {
      Owned of = owned.remove(each.partition());
      if (of != null) {
        those.add(of);
      }
    }
    return those;
  }

  /** Leaves the group in order: what has begun ends, and what is finished is committed. Blocks. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(RELEASE.plus(LEAVE).plusSeconds(2).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
