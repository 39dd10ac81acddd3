package io.stanzahook.order;

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
  private final List<Object> seen = new ArrayList<>();

  @Test
  void whatIsTakenDuringATurnComesAfterIt() {
    Turns turns = new Turns(() -> seen.add("end"), seen::add);
    turns.take(
        () -> {
          turns.take(() -> seen.add(3));
          seen.add(1);
          turns.take(() -> seen.add(4));
          seen.add(2);
        });
    assertThat(seen).containsExactly(1, 2, "end", 3, "end", 4, "end");
  }

  @Test
  void aStepThatThrowsIsToldOf_itsTurnEnds_andTheNextOnesCome() {
    Turns turns = new Turns(() -> seen.add("end"), seen::add);
    IllegalStateException first = new IllegalStateException("on purpose");
    AssertionError second = new AssertionError("on purpose");
    turns.take(
        () -> {
          turns.take(
              () -> {
                throw second;
              });
          turns.take(() -> seen.add(1));
          throw first;
        });
    turns.take(() -> seen.add(2));
    assertThat(seen).containsExactly(first, "end", second, "end", 1, "end", 2, "end");
  }

  @Test
  void anEndOfATurnThatThrowsIsToldOf_andTheNextOnesCome() {
    IllegalStateException fault = new IllegalStateException("on purpose");
    Turns turns =
        new Turns(
            () -> {
              throw fault;
            },
            seen::add);
    turns.take(() -> turns.take(() -> seen.add(1)));
    turns.take(() -> seen.add(2));
    assertThat(seen).containsExactly(fault, 1, fault, 2, fault);
  }

  @Test
  void manyThreadsOneAtATimeAndNothingLost() throws InterruptedException {
    int threads = 4;
    int each = 50_000;
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    int[] sum = new int[1];
    Runnable step =
        () -> {
          if (inside.incrementAndGet() != 1) {
            overlaps.incrementAndGet();
          }
          sum[0]++;
          inside.decrementAndGet();
        };
    Turns turns = new Turns(() -> {}, seen::add);
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
              turns.take(step);
            }
          });
    }
    start.countDown();
    pool.shutdown();
    assertThat(pool.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
    turns.take(() -> {});
    assertThat(overlaps).hasValue(0);
    assertThat(seen).isEmpty();
    assertThat(sum[0]).isEqualTo(threads * each);
  }
}
