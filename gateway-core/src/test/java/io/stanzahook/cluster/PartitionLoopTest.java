package io.stanzahook.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.cluster.PartitionLanes.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionLoopTest {
  private static final TopicPartition ONLY = new TopicPartition("p.in", 0);
  private static final Duration LENGTH = Duration.ofSeconds(5);
  private static final long MOST = Duration.ofMinutes(2).toMillis();

  /** Takes all, and finishes nothing. */
  private static final class Loop extends PartitionLoop {
    final BlockingQueue<Long> taken = new LinkedBlockingQueue<>();

    /** What its callbacks throw. */
    volatile @Nullable RuntimeException fault;

    Loop(Consumer<byte[], byte[]> consumer, Lease lease) {
      this(() -> consumer, lease);
    }

    Loop(Supplier<Consumer<byte[], byte[]>> connect, Lease lease) {
      super("test", ONLY.topic(), connect, lease);
    }

    private void fail() {
      RuntimeException now = fault;
      if (now != null) {
        throw now;
      }
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
    void release(Set<Ownership> those) {
      fail();
    }

    @Override
    void lost(Set<Ownership> those) {
      fail();
    }

    long take() throws InterruptedException {
      Long next = taken.poll(MOST, TimeUnit.MILLISECONDS);
      assertThat(next).as("nothing was taken").isNotNull();
      return next;
    }
  }

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final AtomicLong clock = new AtomicLong();
  private final Lease lease = new Lease(LENGTH, clock::get, () -> clock.get() / 1_000_000);

  private void arrive(int from, int to) {
    arrive(consumer, from, to);
  }

  private static void arrive(MockConsumer<byte[], byte[]> consumer, int from, int to) {
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
            clock.addAndGet(LENGTH.toNanos());
            loop.ownerships().values().forEach(each -> assertThat(loop.mayBegin(each)).isFalse());
            clock.addAndGet(-LENGTH.toNanos());
            arrive(5, 10);
          });
      // After that turn: they are there again from wherever reading begins.
      consumer.schedulePollTask(() -> arrive(0, 10));
      for (long offset = 0; offset < 10; offset++) {
        assertThat(loop.take()).isEqualTo(offset);
      }
    }
  }

  private static MockConsumer<byte[], byte[]> open() {
    return begun(new MockConsumer<>("earliest"));
  }

  private static MockConsumer<byte[], byte[]> begun(MockConsumer<byte[], byte[]> consumer) {
    consumer.updateBeginningOffsets(Map.of(ONLY, 0L));
    consumer.updateEndOffsets(Map.of(ONLY, 10L));
    return consumer;
  }

  /** Whatever the loop or its callbacks meet, its thread goes on. */
  @Test
  void afterAnyFaultItBeginsAnew() throws Exception {
    MockConsumer<byte[], byte[]> first = open();
    MockConsumer<byte[], byte[]> second = open();
    MockConsumer<byte[], byte[]> third = open();
    Queue<MockConsumer<byte[], byte[]>> all = new ArrayDeque<>(List.of(first, second, third));
    try (Loop loop = new Loop(all::remove, lease)) {
      first.schedulePollTask(
          () -> {
            throw new StackOverflowError("a test");
          });
      second.schedulePollTask(
          () -> {
            second.rebalance(List.of(ONLY));
            arrive(second, 0, 1);
          });
      third.schedulePollTask(
          () -> {
            third.rebalance(List.of(ONLY));
            arrive(third, 0, 2);
          });
      loop.start();
      assertThat(loop.take()).isZero();
      Set<Ownership> owned = new HashSet<>(loop.ownerships().values());
      assertThat(owned).isNotEmpty();
      loop.fault = new IllegalStateException("a callback's");
      second.setPollException(new KafkaException("a test"));
      assertThat(loop.take()).isZero();
      assertThat(loop.take()).isEqualTo(1);
      assertThat(owned).allSatisfy(each -> assertThat(loop.mayBegin(each)).isFalse());
      loop.fault = null;
    }
  }

  /** Else two processes could begin the same. */
  @Test
  void whatIsGivenAwayIsLost_alsoIfThatFails() throws Exception {
    begun(consumer);
    BlockingQueue<Boolean> mayBegin = new LinkedBlockingQueue<>();
    try (Loop loop = new Loop(consumer, lease)) {
      consumer.schedulePollTask(
          () -> {
            consumer.rebalance(List.of(ONLY));
            arrive(0, 1);
          });
      loop.start();
      assertThat(loop.take()).isZero();
      Ownership owned = loop.ownerships().values().iterator().next();
      assertThat(loop.mayBegin(owned)).isTrue();
      consumer.schedulePollTask(
          () -> {
            loop.fault = new IllegalStateException("a callback's");
            try {
              consumer.rebalance(List.of());
            } catch (IllegalStateException e) {
              assertThat(e).hasMessage("a callback's");
            }
            loop.fault = null;
            mayBegin.add(loop.mayBegin(owned));
          });
      assertThat(mayBegin.poll(MOST, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  /** Else all that this process owns would be given away for a moment without brokers. */
  @Test
  void ifTheBrokersDoNotSayInTimeWhereAPartitionBegins_theyAreAskedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    MockConsumer<byte[], byte[]> slow =
        begun(
            new MockConsumer<>("earliest") {
              @Override
              public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
                  Set<TopicPartition> partitions) {
                if (asked.getAndIncrement() == 0) {
                  throw new TimeoutException("a test");
                }
                return Map.of(ONLY, new OffsetAndMetadata(3));
              }
            });
    Queue<Consumer<byte[], byte[]>> all = new ArrayDeque<>(List.of(slow));
    try (Loop loop = new Loop(all::remove, lease)) {
      slow.schedulePollTask(
          () -> {
            slow.rebalance(List.of(ONLY));
            arrive(slow, 0, 5);
          });
      loop.start();
      assertThat(loop.take()).isEqualTo(3);
      assertThat(loop.take()).isEqualTo(4);
    }
  }

  @Test
  void whatIsToBeTakenAgainComesAgain_butForWhatIsFinished() throws Exception {
    begun(consumer);
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
            Ownership owned = loop.ownerships().values().iterator().next();
            loop.finish(owned, 0);
            loop.finish(owned, 2);
            loop.takeAgain(owned);
          });
      // After that turn: they are there again from wherever reading begins.
      consumer.schedulePollTask(() -> arrive(0, 5));
      assertThat(List.of(loop.take(), loop.take(), loop.take())).containsExactly(1L, 3L, 4L);
    }
  }
}
