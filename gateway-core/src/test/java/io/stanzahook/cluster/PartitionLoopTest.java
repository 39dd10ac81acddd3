package io.stanzahook.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.cluster.PartitionLanes.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionLoopTest {
  private static final TopicPartition ONLY = new TopicPartition("p.in", 0);
  private static final Duration LENGTH = Duration.ofSeconds(5);
  private static final long MOST = Duration.ofMinutes(2).toMillis();

  /** Takes all, and finishes nothing. */
  private static final class Loop extends PartitionLoop {
    final BlockingQueue<Long> taken = new LinkedBlockingQueue<>();

    Loop(Consumer<byte[], byte[]> consumer, Lease lease) {
      super("test", ONLY.topic(), () -> consumer, lease);
    }

    @Override
    Step take(PartitionLanes lanes, Ownership ownership, ConsumerRecord<byte[], byte[]> record) {
      if (!lanes.read(record.offset())) {
        return Step.PASS;
      }
      taken.add(record.offset());
      return Step.TAKE;
    }

    @Override
    boolean isFull() {
      return false;
    }

    @Override
    void release(Set<Ownership> those) {}

    @Override
    void lost(Set<Ownership> those) {}

    long take() throws InterruptedException {
      Long next = taken.poll(MOST, TimeUnit.MILLISECONDS);
      assertThat(next).as("nothing was taken").isNotNull();
      return next;
    }
  }

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

  private void arrive(int from, int to) {
    for (int offset = from; offset < to; offset++) {
      consumer.addRecord(
          new ConsumerRecord<>(
              ONLY.topic(), 0, offset, "a".getBytes(UTF_8), ("" + offset).getBytes(UTF_8)));
    }
  }

  /** The process stood still, and the brokers' answer was there before anybody looked. */
  @Test
  void afterALapseThatIsOverAtOnce_whatIsNotFinishedIsTakenAgain_andNothingIsLeftOut()
      throws Exception {
    AtomicLong nanos = new AtomicLong();
    Lease lease = new Lease(LENGTH, nanos::get, () -> nanos.get() / 1_000_000);
    consumer.updateBeginningOffsets(Map.of(ONLY, 0L));
    consumer.updateEndOffsets(Map.of(ONLY, 10L));
    try (Loop loop = new Loop(consumer, lease)) {
      consumer.schedulePollTask(
          () -> {
            consumer.rebalance(List.of(ONLY));
            arrive(0, 5);
          });
      loop.start();
      for (long offset = 0; offset < 5; offset++) {
        assertThat(loop.take()).isEqualTo(offset);
      }
      consumer.schedulePollTask(
          () -> {
            nanos.addAndGet(LENGTH.toNanos());
            loop.ownerships().values().forEach(each -> assertThat(loop.mayBegin(each)).isFalse());
            nanos.addAndGet(-LENGTH.toNanos());
            arrive(5, 10);
          });
      // After that turn: they are there again from wherever reading begins.
      consumer.schedulePollTask(() -> arrive(0, 10));
      for (long offset = 0; offset < 10; offset++) {
        assertThat(loop.take()).isEqualTo(offset);
      }
    }
  }
}
