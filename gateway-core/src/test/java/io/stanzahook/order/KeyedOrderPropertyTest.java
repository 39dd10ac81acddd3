package io.stanzahook.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;

/** What holds of an order whatever comes, is done, paused, freed or cancelled, and when. */
class KeyedOrderPropertyTest {
  private static final int KEYS = 4;

  private static final class Job extends KeyedOrder.Element<Integer> {
    @Nullable Integer key;
    final int number;
    int emitted;
    boolean paused;
    boolean resumed;

    Job(@Nullable Integer key, int number) {
      super(key);
      this.key = key;
      this.number = number;
    }

    @Override
    protected void fire() {
      throw new IllegalStateException("not set");
    }
  }

  /** An order, and what must be so of it. */
  private static final class Run {
    final List<Job> open = new ArrayList<>();
    final List<Job> running = new ArrayList<>();
    final List<Throwable> faults = new ArrayList<>();
    final List<Job> discarded = new ArrayList<>();
    int limit = 2;
    int numbers;
    final KeyedOrder<Integer, Job> order =
        new KeyedOrder<>(() -> limit, KeyedOrder.UNBOUNDED, () -> {}, faults::add);
    final BaseSubscriber<Job> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnNext(Job job) {
            emitted(job);
          }
        };

    Run() {
      order.doOnDiscard(Job.class, discarded::add).subscribe(subscriber);
    }

    void emitted(Job job) {
      assertThat(running).doesNotContain(job).hasSizeLessThan(limit);
      assertThat(job.paused).isFalse();
      assertThat(job.emitted == 0 || job.resumed).as("never twice for nothing").isTrue();
      assertThat(isOldest(job)).as("an older one of its key is open").isTrue();
      job.emitted++;
      job.resumed = false;
      running.add(job);
    }

    boolean isOldest(Job job) {
      return job.key == null
          || open.stream().filter(each -> job.key.equals(each.key)).findFirst().orElseThrow()
              == job;
    }

    void step(int chance) {
      Random random = new Random(chance);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> enter(random.nextInt(KEYS + 1));
        case 3 -> pick(running, random, this::done);
        case 4 -> pick(running, random, this::pause);
        case 5 -> pick(open.stream().filter(job -> job.paused).toList(), random, this::resume);
        case 6 -> pick(open, random, random.nextBoolean() ? this::done : this::free);
        default -> {
          limit = 1 + random.nextInt(4);
          order.turns().take(() -> {});
        }
      }
      check();
    }

    void pick(List<Job> from, Random random, java.util.function.Consumer<Job> step) {
      if (!from.isEmpty()) {
        step.accept(from.get(random.nextInt(from.size())));
      }
    }

    void enter(int key) {
      Job job = new Job(key == KEYS ? null : key, numbers++);
      open.add(job);
      order.onNext(job);
    }

    void done(Job job) {
      open.remove(job);
      running.remove(job);
      order.done(job);
      order.done(job);
    }

    void pause(Job job) {
      running.remove(job);
      job.paused = true;
      order.pause(job);
    }

    void resume(Job job) {
      job.paused = false;
      job.resumed = true;
      order.resume(job);
    }

    void free(Job job) {
      if (!isOldest(job)) {
        job.key = null;
      }
      order.free(job);
    }

    void check() {
      assertThat(faults).isEmpty();
      assertThat(order.open()).isEqualTo(open.size());
      assertThat(order.running()).isEqualTo(running.size());
      for (int key = 0; key < KEYS; key++) {
        int of = key;
        long all = open.stream().filter(job -> job.key != null && job.key == of).count();
        assertThat(order.waiting(key)).isEqualTo((int) Math.max(0, all - 1));
      }
      if (running.size() < limit) {
        assertThat(open)
            .as("a permit is free, so whoever has their key and wants one has it")
            .allSatisfy(
                job -> assertThat(running.contains(job) || job.paused || !isOldest(job)).isTrue());
      }
    }

    void finish() {
      open.stream().filter(job -> job.paused).toList().forEach(this::resume);
      while (!running.isEmpty()) {
        done(running.get(0));
        check();
      }
      assertThat(open).as("nothing is lost, and nobody starves").isEmpty();
    }
  }

  @Property(tries = 2000)
  void orderPerKey_boundOfPermits_noLoss_noStarvation(@ForAll @Size(max = 80) int[] chances) {
    Run run = new Run();
    Arrays.stream(chances).forEach(run::step);
    run.finish();
  }

  @Property(tries = 500)
  void cancellationLetsGoOfWhatWaits_once(@ForAll @Size(max = 40) int[] chances) {
    Run run = new Run();
    Arrays.stream(chances).forEach(run::step);
    Set<Job> waiting = new HashSet<>(run.open);
    waiting.removeIf(job -> run.running.contains(job) || job.paused);
    run.subscriber.cancel();
    assertThat(run.discarded).doesNotHaveDuplicates().hasSameElementsAs(waiting);
    run.open.removeAll(waiting);
    run.open.stream().filter(job -> job.paused).toList().forEach(run::resume);
    List.copyOf(run.open).forEach(run::done);
    assertThat(run.order.open()).isZero();
    assertThat(run.order.running()).isZero();
    assertThat(run.faults).isEmpty();
  }

  @Property(tries = 50)
  void whoIsResumedGoesBeforeThoseThatNeverWere_inTheOrderOfResuming(
      @ForAll @IntRange(min = 1, max = 9) int paused) {
    Run run = new Run();
    run.limit = paused;
    for (int i = 0; i < paused; i++) {
      run.enter(KEYS);
    }
    List<Job> first = List.copyOf(run.running);
    first.forEach(run::pause);
    for (int i = 0; i < 2 * paused; i++) {
      run.enter(KEYS);
    }
    first.forEach(run::resume);
    for (Job each : first) {
      run.done(run.running.get(0));
      assertThat(run.running).endsWith(each);
    }
    run.finish();
  }

  /** However long one takes, nothing is held of those that left behind it, in line but a few. */
  @Example
  void whatLeftIsForgotten() {
    List<Throwable> faults = new ArrayList<>();
    KeyedOrder<Integer, Job> order =
        new KeyedOrder<>(() -> 1, KeyedOrder.UNBOUNDED, () -> {}, faults::add);
    order.subscribe();
    Job first = new Job(1, 0);
    order.onNext(first);
    WeakReference<Job> behind = entersAndLeaves(order, 1);
    List<WeakReference<Job>> inLine =
        IntStream.range(2, 1000).mapToObj(key -> entersAndLeaves(order, key)).toList();
    while (behind.get() != null || inLine.stream().filter(job -> job.get() != null).count() > 20) {
      System.gc();
    }
    assertThat(order.open()).isEqualTo(1);
    assertThat(order.waiting(1)).isZero();
    assertThat(faults).isEmpty();
  }

  private static WeakReference<Job> entersAndLeaves(KeyedOrder<Integer, Job> order, int key) {
    Job job = new Job(key, 1);
    order.onNext(job);
    order.done(job);
    return new WeakReference<>(job);
  }

  /** A million keys cost nothing once they are through, and no more than their elements before. */
  @Example
  void aMillionKeys() {
    AtomicInteger emitted = new AtomicInteger();
    List<Throwable> faults = new ArrayList<>();
    KeyedOrder<Integer, Job> order =
        new KeyedOrder<>(() -> 64, KeyedOrder.UNBOUNDED, () -> {}, faults::add);
    List<Job> running = new ArrayList<>();
    order.subscribe(
        job -> {
          emitted.incrementAndGet();
          running.add(job);
        });
    int keys = 1_000_000;
    for (int i = 0; i < keys; i++) {
      order.onNext(new Job(i, i));
    }
    assertThat(order.open()).isEqualTo(keys);
    while (!running.isEmpty()) {
      order.done(running.remove(running.size() - 1));
    }
    assertThat(emitted).hasValue(keys);
    assertThat(order.open()).isZero();
    assertThat(faults).isEmpty();
  }

  /** Elements come, and are done, on several threads. */
  @Example
  void threads() throws InterruptedException {
    int each = 20_000;
    int threads = 3;
    CountDownLatch all = new CountDownLatch(threads * each);
    ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
    int[] last = new int[threads * KEYS];
    AtomicInteger inside = new AtomicInteger();
    KeyedOrder<Integer, Job> order =
        new KeyedOrder<>(() -> 3, KeyedOrder.UNBOUNDED, () -> {}, faults::add);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    order.subscribe(
        job ->
            pool.execute(
                () -> {
                  int at = job.number % (threads * KEYS);
                  if (inside.incrementAndGet() > 3 || last[at]++ != job.number / last.length) {
                    faults.add(new AssertionError("out of order, or too many: " + job.number));
                  }
                  inside.decrementAndGet();
                  order.done(job);
                  all.countDown();
                }));
    for (int thread = 0; thread < threads; thread++) {
      int own = thread;
      pool.execute(
          () -> {
            for (int i = 0; i < each; i++) {
              int key = own * KEYS + i % KEYS;
              order.onNext(new Job(key, i / KEYS * last.length + key));
            }
          });
    }
    assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    pool.shutdown();
    assertThat(faults).isEmpty();
  }
}
