package io.stanzahook.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The limit against a webhook that is simulated: so many workers, and a queue in front of them. */
class AdaptiveLimitTest {
  private static final long SECOND = 1_000_000_000L;

  /** A webhook, and a gateway that always has something to send. */
  private static final class Simulation {
    private record Call(long begun, long ends) {}

    private final Random random = new Random(42);
    private final PriorityQueue<Call> working =
        new PriorityQueue<>(Comparator.comparingLong(Call::ends));
    private final Queue<Long> waiting = new ArrayDeque<>();
    private long now;
    final ConcurrencyLimit limit;
    int workers;
    DoubleUnaryOperator seconds;

    /** Of processors that the gateway and the webhook share, so much a call in flight. */
    double secondsPerCallInFlight;

    double timeoutSeconds = Double.MAX_VALUE;
    double offered = 1;
    int refuseBeyond = Integer.MAX_VALUE;
    long completed;
    double meanLimit;

    Simulation(int workers, DoubleUnaryOperator seconds) {
      this(new AdaptiveLimit(0), workers, seconds);
    }

    Simulation(ConcurrencyLimit limit, int workers, DoubleUnaryOperator seconds) {
      this.limit = limit;
      this.workers = workers;
      this.seconds = seconds;
    }

    private int inFlight() {
      return working.size() + waiting.size();
    }

    private void fill() {
      while (inFlight() < Math.max(1, limit.limit() * offered)) {
        waiting.add(now);
        work();
      }
    }

    private void work() {
      while (!waiting.isEmpty() && working.size() < workers) {
        long begun = waiting.remove();
        double takes =
            seconds.applyAsDouble(random.nextDouble()) + inFlight() * secondsPerCallInFlight;
        working.add(new Call(begun, now + (long) (takes * SECOND)));
      }
    }

    /** Runs for some seconds; afterwards {@link #completed} and the mean limit are of that time. */
    void run(double duration) {
      long end = now + (long) (duration * SECOND);
      long start = now;
      completed = 0;
      meanLimit = 0;
      fill();
      while (now < end) {
        Call call = working.remove();
        meanLimit += (double) limit.limit() * (call.ends() - now);
        now = call.ends();
        int inFlight = inFlight() + 1;
        boolean late = now - call.begun() > timeoutSeconds * SECOND;
        boolean refused = inFlight > refuseBeyond || late;
        limit.callEnded(now, now - call.begun(), inFlight, refused);
        if (!late) {
          completed++;
        }
        work();
        fill();
      }
      meanLimit /= now - start;
    }

    double rate(double duration) {
      return completed / duration;
    }
  }

  private static DoubleUnaryOperator constant(double seconds) {
    return any -> seconds;
  }

  private static DoubleUnaryOperator exponential(double mean) {
    return uniform -> -mean * Math.log(1 - uniform);
  }

  private static void assertFindsTheKnee(Simulation webhook, double meanSeconds) {
    webhook.run(60);
    webhook.run(60);
    double most = webhook.workers / meanSeconds;
    assertThat(webhook.rate(60)).as("rate").isGreaterThan(0.9 * most);
    assertThat(webhook.meanLimit)
        .as("limit")
        .isBetween(0.9 * webhook.workers, 2.5 * webhook.workers + 8);
  }

  @Test
  void findsTheKneeOfManyWorkers() {
    assertFindsTheKnee(new Simulation(64, constant(0.020)), 0.020);
  }

  @Test
  void findsTheKneeOfFewWorkers() {
    assertFindsTheKnee(new Simulation(4, constant(0.050)), 0.050);
  }

  @Test
  void findsTheKneeWhereTimesVaryMuch() {
    assertFindsTheKnee(new Simulation(64, exponential(0.050)), 0.050);
    DoubleUnaryOperator oneInTenThinksLong = uniform -> uniform < 0.9 ? 0.005 : 0.5;
    assertFindsTheKnee(new Simulation(64, oneInTenThinksLong), 0.0545);
  }

  @Test
  void leavesASlowWebhookAsManyAsItMayHaveAnyway() {
    Simulation webhook = new Simulation(32, exponential(4));
    webhook.run(900);
    assertThat(webhook.meanLimit).isBetween(64.0, 150.0);
  }

  /** What people connect, and how long it is watched, in seconds. */
  static Stream<Arguments> kinds() {
    return Stream.of(
        kind("answers at once", 2, uniform(140e-6, 260e-6), 330e-9, 20),
        kind("answers in 5 ms", 100, uniform(0.0045, 0.0055), 0, 20),
        kind("answers in 100 ms", 500, exponential(0.1), 0, 60),
        kind("thinks for 2 to 60 s, as language models do", 100, heavyTailed(2, 60), 0, 3600),
        kind("has four workers", 4, exponential(0.05), 0, 300),
        kind("has four slow workers", 4, exponential(1), 0, 900));
  }

  private static Arguments kind(
      String name, int workers, DoubleUnaryOperator seconds, double perCall, double duration) {
    return Arguments.of(name, workers, seconds, perCall, duration);
  }

  private static DoubleUnaryOperator uniform(double least, double most) {
    return uniform -> least + (most - least) * uniform;
  }

  private static DoubleUnaryOperator heavyTailed(double least, double most) {
    return uniform -> Math.min(most, least / Math.pow(1 - uniform, 1 / 1.2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void isAsGoodAsTheBestFixedNumber(
      String name, int workers, DoubleUnaryOperator seconds, double perCall, double duration) {
    double best = 0;
    double with64 = 0;
    for (int fixed = 1; fixed <= 1024; fixed *= 2) {
      Simulation webhook = new Simulation(new ConcurrencyLimit.FixedLimit(fixed), workers, seconds);
      webhook.secondsPerCallInFlight = perCall;
      webhook.run(duration);
      best = Math.max(best, webhook.rate(duration));
      with64 = fixed == 64 ? webhook.rate(duration) : with64;
    }
    Simulation webhook = new Simulation(workers, seconds);
    webhook.secondsPerCallInFlight = perCall;
    webhook.run(duration);
    assertThat(webhook.rate(duration)).as("from a cold start").isGreaterThan(0.9 * best);
    assertThat(webhook.rate(duration)).as("against 64").isGreaterThan(0.9 * with64);
    webhook.run(duration);
    assertThat(webhook.rate(duration)).as("later").isGreaterThan(0.9 * best);
  }

  @Test
  void givesASlowWebhookThatBearsThemHundredsOfCallsWithinThreeMinutes() {
    DoubleUnaryOperator thinks = heavyTailed(2, 60);
    Simulation fixed =
        new Simulation(new ConcurrencyLimit.FixedLimit(1024), Integer.MAX_VALUE, thinks);
    Simulation webhook = new Simulation(Integer.MAX_VALUE, thinks);
    for (Simulation each : new Simulation[] {fixed, webhook}) {
      each.run(180);
      each.run(60);
    }
    assertThat(webhook.rate(60)).isGreaterThan(0.9 * fixed.rate(60));
  }

  @Test
  void aNightWithoutMessagesChangesNothing() {
    Simulation webhook = new Simulation(64, exponential(0.050));
    webhook.run(120);
    webhook.offered = 0.02;
    webhook.run(8 * 3600);
    webhook.offered = 1;
    webhook.run(5);
    assertThat(webhook.rate(5)).as("the first seconds of the day").isGreaterThan(0.85 * 64 / 0.05);
  }

  @Test
  void isAsGoodInShortBurstsThatBeginCold() {
    double best = 0;
    for (int fixed = 1; fixed <= 1024; fixed *= 2) {
      best = Math.max(best, inBursts(new ConcurrencyLimit.FixedLimit(fixed)));
    }
    assertThat(inBursts(new AdaptiveLimit(0))).isGreaterThan(0.9 * best);
  }

  /** Calls a second in bursts of 2.5 s, with 6 s between them in which next to nothing comes. */
  private static double inBursts(ConcurrencyLimit limit) {
    Simulation webhook = new Simulation(limit, 16, uniform(140e-6, 260e-6));
    webhook.secondsPerCallInFlight = 330e-9;
    webhook.run(20);
    long all = 0;
    for (int burst = 0; burst < 20; burst++) {
      webhook.offered = 0;
      webhook.seconds = constant(0.020);
      webhook.run(6);
      webhook.offered = 1;
      webhook.seconds = uniform(1e-3, 2e-3);
      webhook.run(0.1);
      all += webhook.completed;
      webhook.seconds = uniform(140e-6, 260e-6);
      webhook.run(2.4);
      all += webhook.completed;
    }
    return all / (20 * 2.5);
  }

  @Test
  void comesBackSoonAfterAnOutage() {
    Simulation webhook = new Simulation(64, constant(0.020));
    webhook.run(60);
    webhook.refuseBeyond = 0;
    webhook.run(600);
    assertThat(webhook.limit.limit()).isEqualTo(Concurrency.MIN);
    webhook.refuseBeyond = Integer.MAX_VALUE;
    webhook.run(10);
    webhook.run(10);
    assertThat(webhook.rate(10)).as("ten seconds later").isGreaterThan(0.9 * 64 / 0.02);
  }

  @Test
  void timeOutsOfANarrowSlowWebhookLowerIt() {
    Simulation webhook = new Simulation(4, exponential(5));
    webhook.timeoutSeconds = 30;
    webhook.run(1800);
    webhook.run(1800);
    // With 64 in flight nearly every call would time out.
    assertThat(webhook.rate(1800)).isGreaterThan(0.7 * 4 / 5);
  }

  @Test
  void followsACapacityThatChanges() {
    Simulation webhook = new Simulation(64, constant(0.020));
    assertFindsTheKnee(webhook, 0.020);
    webhook.workers = 16;
    assertFindsTheKnee(webhook, 0.020);
    webhook.workers = 128;
    assertFindsTheKnee(webhook, 0.020);
  }

  @Test
  void doesNotStarveAWebhookThatGotSlowerByItself() {
    Simulation webhook = new Simulation(64, constant(0.010));
    assertFindsTheKnee(webhook, 0.010);
    webhook.seconds = constant(0.100);
    assertFindsTheKnee(webhook, 0.100);
    webhook.seconds = constant(0.010);
    assertFindsTheKnee(webhook, 0.010);
  }

  @Test
  void growsAsLongAsNothingGetsSlower() {
    Simulation webhook = new Simulation(Integer.MAX_VALUE, constant(0.020));
    webhook.run(60);
    assertThat(webhook.limit.limit()).isGreaterThan(2000);
  }

  @Test
  void doesNotGrowWhereNothingReachesIt() {
    Simulation webhook = new Simulation(Integer.MAX_VALUE, constant(0.020));
    webhook.offered = 0.5;
    webhook.run(60);
    assertThat(webhook.limit.limit()).isLessThanOrEqualTo(AdaptiveLimit.FIRST);
  }

  @Test
  void shrinksWhereTheWebhookSaysThatItIsTooMuch() {
    Simulation webhook = new Simulation(Integer.MAX_VALUE, constant(0.020));
    webhook.refuseBeyond = 100;
    webhook.run(60);
    webhook.run(60);
    assertThat(webhook.meanLimit).isBetween(50.0, 130.0);
  }

  @Test
  void neverBelowOneNorBeyondTheMost() {
    Simulation refusing = new Simulation(10, constant(0.020));
    refusing.refuseBeyond = 0;
    refusing.run(60);
    assertThat(refusing.limit.limit()).isEqualTo(Concurrency.MIN);
    refusing.refuseBeyond = Integer.MAX_VALUE;
    refusing.run(60);
    assertThat(refusing.meanLimit).isGreaterThan(5);
  }
}
