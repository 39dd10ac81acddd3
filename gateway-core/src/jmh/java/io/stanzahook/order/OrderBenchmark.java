package io.stanzahook.order;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * An element through an operator that works on 256 of them at once, with 768 behind them: one
 * comes, the oldest one is done. Beside the stock operators that come near: flatMap, which knows no
 * keys, and groupBy, which goes on only as long as its bounds are greater than the number of keys.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OrderBenchmark {
  private static final int PERMITS = 256;
  private static final int WAITING = 768;

  /** A power of two. */
  @Param({"128", "1024", "65536"})
  public int keys;

  private final ArrayDeque<Job> running = new ArrayDeque<>();
  private final ArrayDeque<MonoSink<Integer>> mapped = new ArrayDeque<>();
  private final ArrayDeque<MonoSink<Integer>> grouped = new ArrayDeque<>();
  private KeyedOrder<Integer, Job> order;
  private FluxSink<Integer> toMap;
  private FluxSink<Integer> toGroup;
  private int next;
  private long emitted;

  private static final class Job extends KeyedOrder.Element<Integer> {
    Job(int key) {
      super(key);
    }

    @Override
    protected void fire() {
      throw new IllegalStateException("not set");
    }
  }

  /** Fills each; groupBy has bounds as great as they have to be. */
  @Setup(Level.Trial)
  public void fill() {
    order =
        new KeyedOrder<>(
            () -> PERMITS,
            KeyedOrder.UNBOUNDED,
            () -> {},
            fault -> Operators.onErrorDropped(fault, Context.empty()));
    order.subscribe(running::add);
    ask(
        Flux.<Integer>create(sink -> toMap = sink)
            .flatMap(element -> Mono.create(mapped::add), PERMITS));
    ask(
        Flux.<Integer>create(sink -> toGroup = sink)
            .groupBy(key -> key, Integer.MAX_VALUE)
            .flatMap(
                group -> group.concatMap(element -> Mono.<Integer>create(grouped::add)),
                Integer.MAX_VALUE));
    for (int i = 0; i < PERMITS + WAITING; i++) {
      int key = key();
      order.onNext(new Job(key));
      toMap.next(key);
      toGroup.next(key);
    }
  }

  private void ask(Flux<Integer> results) {
    results.subscribe(
        new BaseSubscriber<>() {
          @Override
          protected void hookOnNext(Integer element) {
            emitted += element;
          }
        });
  }

  private int key() {
    return next++ & (keys - 1);
  }

  /** Ours. */
  @Benchmark
  public long keyedOrder() {
    order.onNext(new Job(key()));
    order.done(running.remove());
    return emitted;
  }

  /** No order at all. */
  @Benchmark
  public long flatMap() {
    int key = key();
    toMap.next(key);
    mapped.remove().success(key);
    return emitted;
  }

  /** Order, but no bound: each key that ever was has a group, and works at once. */
  @Benchmark
  public long groupBy() {
    int key = key();
    toGroup.next(key);
    grouped.remove().success(key);
    return emitted;
  }
}
