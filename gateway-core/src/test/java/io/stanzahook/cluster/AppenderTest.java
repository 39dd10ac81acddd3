package io.stanzahook.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** On a producer that does what the test says. */
class AppenderTest {
  private static final long MOST = Duration.ofMinutes(2).toNanos();
  private static final long AGAIN = Duration.ofMillis(200).toNanos();

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final List<String> acked = Collections.synchronizedList(new ArrayList<>());

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + MOST;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).isNegative();
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private void append(Appender appender, String what) {
    appender.append("p.in", 0, bytes("key"), bytes(what), () -> acked.add(what));
  }

  private List<String> sent() {
    return producer.history().stream().map(each -> new String(each.value(), UTF_8)).toList();
  }

  /** A webhook may answer with more than the brokers take. */
  @Test
  void repliesThatAreTooLargeAreDropped_andCountAsDone() {
    try (Appender appender = new Appender(producer, nanos -> {})) {
      appender.appendIfItFits("p.out", 0, bytes("key"), bytes("large"), () -> acked.add("large"));
      await(() -> producer.errorNext(new RecordTooLargeException("a test")));
      await(() -> acked.contains("large"));
      append(appender, "next");
      await(producer::completeNext);
      await(() -> acked.contains("next"));
      assertThat(appender.bytes()).isZero();
      assertThat(sent()).containsExactly("large", "next");
    }
  }

  @Test
  void aMessageThatFailsIsTriedAgainAfterAMoment_andNeverDropped() {
    try (Appender appender = new Appender(producer, nanos -> {})) {
      append(appender, "m");
      await(() -> producer.history().size() == 1);
      long failed = System.nanoTime();
      await(() -> producer.errorNext(new RecordTooLargeException("a test")));
      await(() -> producer.history().size() == 2);
      assertThat(System.nanoTime() - failed).isGreaterThanOrEqualTo(AGAIN);
      assertThat(acked).isEmpty();
      await(producer::completeNext);
      await(() -> acked.contains("m"));
      assertThat(appender.bytes()).isZero();
    }
  }

  /** Without its thread, nothing would be appended any more. */
  @Test
  void whateverTheProducerThrows_itIsTriedAgainInOrder() {
    AtomicInteger faults = new AtomicInteger();
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> sent, @Nullable Callback callback) {
            if (faults.getAndIncrement() < 3) {
              throw new IllegalArgumentException("a test");
            }
            return super.send(sent, callback);
          }
        };
    try (Appender appender = new Appender(producer, nanos -> {})) {
      append(appender, "one");
      append(appender, "two");
      await(producer::completeNext);
      await(producer::completeNext);
      await(() -> appender.bytes() == 0);
      assertThat(acked).containsExactly("one", "two");
    }
  }
}
