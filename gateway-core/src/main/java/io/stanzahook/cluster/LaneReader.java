package io.stanzahook.cluster;

import io.stanzahook.cluster.PartitionLanes.Step;
import io.stanzahook.cluster.PartitionLoop.Owned;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads again what was passed over, with a consumer of its own: so the one of the loop never goes
 * back. It connects when that is needed for the first time.
 *
 * <p>Belongs to the loop's thread, and never blocks it.
 */
final class LaneReader {
  private final Supplier<KafkaConsumer<byte[], byte[]>> connect;
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;

  /** What is read now, by partition. */
  private final Map<Integer, Owned> reading = new HashMap<>();

  /** Takes records. */
  @FunctionalInterface
  interface Taker {
    /** Takes a record, if the lanes say so. */
    Step take(PartitionLanes lanes, Ownership ownership, ConsumerRecord<byte[], byte[]> record);
  }

  LaneReader(Supplier<KafkaConsumer<byte[], byte[]>> connect) {
    this.connect = connect;
  }

  /**
   * Reads on, in partitions that are owned and have lanes with room.
   *
   * @param hasRoom told a component, as lanes know it
   */
  void turn(Collection<Owned> owned, LongPredicate hasRoom, Taker taker) {
    boolean changed =
        reading.values().removeIf(each -> !each.lanes.isReadAgain() || !owned.contains(each));
    Map<Owned, Long> begun = new LinkedHashMap<>();
    for (Owned each : owned) {
      if (each.lanes.hasLanes() && !reading.containsKey(each.number())) {
        long from = each.lanes.beginAgain(hasRoom);
        if (from >= each.lanes.front()) {
          each.lanes.endAgain();
        } else if (from >= 0) {
          reading.put(each.number(), each);
          begun.put(each, from);
        }
      }
    }
    if (changed || !begun.isEmpty()) {
      KafkaConsumer<byte[], byte[]> open = open();
      open.assign(reading.values().stream().map(each -> each.partition).toList());
      begun.forEach((each, from) -> open.seek(each.partition, from));
    }
    if (!reading.isEmpty()) {
      read(open(), taker);
    }
  }

  private KafkaConsumer<byte[], byte[]> open() {
    KafkaConsumer<byte[], byte[]> open = consumer;
    if (open == null) {
      open = connect.get();
      consumer = open;
    }
    return open;
  }

  private void read(KafkaConsumer<byte[], byte[]> open, Taker taker) {
    ConsumerRecords<byte[], byte[]> records = open.poll(Duration.ZERO);
    reading.forEach(
        (number, each) -> {
          take(each, records.records(each.partition), taker);
          if (position(open, each.partition) >= each.lanes.front()) {
            each.lanes.endAgain();
          }
        });
  }

  private static void take(Owned of, List<ConsumerRecord<byte[], byte[]>> records, Taker taker) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.offset() >= of.lanes.front()) {
        return;
      }
      taker.take(of.lanes, of.ownership(), record);
    }
  }

  private static long position(KafkaConsumer<byte[], byte[]> open, TopicPartition partition) {
    try {
      return open.position(partition, Duration.ZERO);
    } catch (TimeoutException e) {
      // It asks where the log begins now.
      return -1;
    }
  }

  /** Reads nothing more. */
  void close() {
    reading.clear();
    KafkaConsumer<byte[], byte[]> open = consumer;
    consumer = null;
    if (open != null) {
      open.close(CloseOptions.timeout(Duration.ZERO));
    }
  }
}
