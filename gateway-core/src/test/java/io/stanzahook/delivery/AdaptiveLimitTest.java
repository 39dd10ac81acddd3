package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.ConcurrencyLimit.Outcome;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

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
    final AdaptiveLimit limit = new AdaptiveLimit(0);
    int workers;
    DoubleUnaryOperator seconds;
    double offered = 1;
    int refuseBeyond = Integer.MAX_VALUE;
    long completed;
    double meanLimit;

    Simulation(int workers, DoubleUnaryOperator seconds) {
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
        double takes = seconds.applyAsDouble(random.nextDouble());
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
        boolean refused = inFlight > refuseBeyond;
        limit.callEnded(
            now, now - call.begun(), inFlight, refused ? Outcome.OVERLOADED : Outcome.DONE);
        completed++;
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
  void findsTheKneeOfASlowWebhook() {
    Simulation webhook = new Simulation(32, exponential(4));
    webhook.run(900);
    assertThat(webhook.meanLimit).isBetween(12.0, 88.0);
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
    assertThat(refusing.limit.limit()).isEqualTo(Concurrency.LEAST);
    refusing.refuseBeyond = Integer.MAX_VALUE;
    refusing.run(60);
    assertThat(refusing.meanLimit).isGreaterThan(5);
  }
}
