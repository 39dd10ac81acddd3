package io.stanzahook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnsTest {
  @Test
  void whatIsTakenDuringATurnComesAfterIt() {
    List<Integer> handled = new ArrayList<>();
    Turns<?>[] self = new Turns<?>[1];
    @SuppressWarnings("unchecked")
    Turns<Integer> turns =
        new Turns<>(
            i -> {
              if (i < 5) {
                ((Turns<Integer>) self[0]).take(i + 1);
              }
              handled.add(i);
            });
    self[0] = turns;
    turns.take(1);
    assertThat(handled).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void manyThreadsOneAtATimeAndNothingLost() throws InterruptedException {
    int threads = 4;
    int each = 50_000;
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    int[] sum = new int[1];
    Turns<Integer> turns =
        new Turns<>(
            i -> {
              if (inside.incrementAndGet() != 1) {
                overlaps.incrementAndGet();
              }
              sum[0] += i;
              inside.decrementAndGet();
            });
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch start = new CountDownLatch(1);
    for (int t = 0; t < threads; t++) {
      pool.execute(
          () -> {
            try {
              start.await();
            } catch (InterruptedException e) {
              return;
            }
            for (int i = 0; i < each; i++) {
              turns.take(1);
            }
          });
    }
    start.countDown();
    pool.shutdown();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    turns.take(0);
    assertThat(overlaps).hasValue(0);
    assertThat(sum[0]).isEqualTo(threads * each);
  }
}
