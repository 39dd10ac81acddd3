package io.stanzahook.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who owns which slot, in a compacted topic with the slot as key. Every process reads all of it. An
 * owner writes where it can be reached, and writes it again when something else stands there: a
 * process that was frozen may write late what was true before. Ownership itself is Kafka's; this
 * only tells where to find the owner.
 *
 * <p>Threading: a thread of its own reads and writes. Any thread may look.
 */
final class SlotOwners implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("cluster");
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration BROKEN = Duration.ofSeconds(1);

  /** What was written and does not come back is written again after this time. */
  private static final long AGAIN = Duration.ofSeconds(5).toNanos();

  /** Writes a record. */
  @FunctionalInterface
  interface Writer {
    void write(byte[] key, byte[] value);
  }

  private final Clients clients;
  private final String topic;
  private final Writer writer;
  private final Supplier<Map<Integer, Ownership>> owned;
  private final int streams;
  private final Thread thread;
  private final Map<Integer, SlotOwner> owners = new ConcurrentHashMap<>();
  private final Map<Integer, Ownership> left = new ConcurrentHashMap<>();

  /** The last record of each slot, whether it counts or not. Belongs to the thread. */
  private final Map<Integer, SlotOwner> last = new HashMap<>();

  /** What was written and was not read yet. Belongs to the thread. */
  private final Map<Integer, Written> written = new HashMap<>();

  /** The last other number of streams that was told. Belongs to the thread. */
  private int told;

  private volatile @Nullable String url;
  private volatile boolean closing;

  private record Written(SlotOwner what, long at) {}

  /**
   * Nothing is read before {@link #start}.
   *
   * @param owned the slots that surely belong to this process now
   * @param streams of each component
   */
  SlotOwners(
      Clients clients,
      String topic,
      Writer writer,
      Supplier<Map<Integer, Ownership>> owned,
      int streams) {
    this.clients = clients;
    this.topic = topic;
    this.writer = writer;
    this.owned = owned;
    this.streams = streams;
    this.told = streams;
    this.thread = new Thread(this::run, "cluster-nodes");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Sets where this process takes requests. Before that, it does not say what it owns. */
  void advertise(String where) {
    url = where;
  }

  /** The owner of a slot; null if none is known. It may have died a moment ago. */
  @Nullable SlotOwner owner(int slot) {
    SlotOwner owner = owners.get(slot);
    return owner == null || owner.url().isEmpty() ? null : owner;
  }

  /** Tells the others that this process gives a slot away. */
  void leave(Ownership ownership) {
    int slot = ownership.partition();
    left.put(slot, ownership);
    SlotOwner known = owners.get(slot);
    if (known != null && known.url().equals(url)) {
      write(slot, new SlotOwner("", known.epoch() + 1, streams));
    }
  }

  private void run() {
    while (!closing) {
      try (KafkaConsumer<byte[], byte[]> consumer = clients.reader()) {
        TopicPartition only = new TopicPartition(topic, 0);
        consumer.assign(List.of(only));
        consumer.seekToBeginning(List.of(only));
        long end = consumer.endOffsets(List.of(only)).getOrDefault(only, 0L);
        last.clear();
        written.clear();
        while (!closing) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            read(record);
          }
          // Before that, the epochs of earlier owners are not known.
          if (consumer.position(only) >= end) {
            tell(System.nanoTime());
            compare();
          }
        }
      } catch (RuntimeException | Error e) {
        if (!closing) {
          log.warn("cannot read which node owns which stream: {}", e.toString());
          LockSupport.parkNanos(BROKEN.toNanos());
        }
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    byte[] value = record.value();
    if (key != null && value != null) {
      try {
        int slot = Integer.parseInt(new String(key, StandardCharsets.UTF_8));
        SlotOwner owner = Codec.owner(value);
        if (owner != null && slot >= 0 && slot < Topics.SLOTS) {
          read(slot, owner);
        }
      } catch (NumberFormatException e) {
        log.debug("a record at offset {} of {} has no slot as its key", record.offset(), topic);
      }
    }
  }

  /** A record that is younger in the log, but of an earlier owner, does not count. */
  void read(int slot, SlotOwner owner) {
    last.put(slot, owner);
    Written mine = written.get(slot);
    if (mine != null && mine.what().equals(owner)) {
      written.remove(slot);
    }
    owners.merge(slot, owner, (known, next) -> next.epoch() >= known.epoch() ? next : known);
  }

  /** Writes what this process owns where something else stands in the log. */
  void tell(long now) {
    String own = url;
    if (own == null) {
      return;
    }
    owned
        .get()
        .forEach(
            (slot, ownership) -> {
              SlotOwner known = owners.get(slot);
              SlotOwner stands = last.get(slot);
              Written before = written.get(slot);
              boolean right =
                  stands != null
                      && stands.equals(known)
                      && stands.url().equals(own)
                      && stands.streams() == streams;
              boolean underWay = before != null && now - before.at() < AGAIN;
              if (!right && !underWay && left.get(slot) != ownership) {
                SlotOwner next = new SlotOwner(own, known == null ? 1 : known.epoch() + 1, streams);
                written.put(slot, new Written(next, now));
                write(slot, next);
              }
            });
  }

  /** Says once if an owner is configured differently: then the two look for streams elsewhere. */
  void compare() {
    for (SlotOwner each : owners.values()) {
      if (!each.url().isEmpty() && each.streams() != streams && each.streams() != told) {
        told = each.streams();
        log.error(
            "{} has {} streams of each component, and this node {}: set the same"
                + " number on all nodes, otherwise replies wait for a stream that nobody holds",
            each.url(),
            each.streams(),
            streams);
      }
    }
  }

  private void write(int slot, SlotOwner owner) {
    writer.write(Integer.toString(slot).getBytes(StandardCharsets.UTF_8), Codec.owner(owner));
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join(BROKEN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
