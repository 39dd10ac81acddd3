package io.stanzahook.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Timers in virtual time. */
class WheelTest {
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final List<Throwable> faults = new ArrayList<>();
  private final Turns turns = new Turns(() -> {}, faults::add);
  private final List<String> fired = new ArrayList<>();
  private final Wheel wheel = new Wheel(() -> time.now(TimeUnit.NANOSECONDS), time, turns::take);

  private Wheel.Timer in(Duration delay, String name) {
    return wheel.in(
        delay.toNanos(), () -> fired.add(name + " at " + time.now(TimeUnit.MILLISECONDS)));
  }

  private void after(Duration duration) {
    time.advanceTimeBy(duration);
  }

  @Example
  void eachFiresOnce_whenItIsDue_howeverFarThatIs() {
    in(Duration.ofDays(3), "last");
    in(Duration.ofMillis(5), "first");
    in(Duration.ofSeconds(25), "middle");
    after(Duration.ofMillis(4));
    assertThat(fired).isEmpty();
    after(Duration.ofHours(80));
    assertThat(fired)
        .containsExactly("first at 5", "middle at 25000", "last at " + 72L * 3_600_000);
  }

  @Example
  void whatIsCancelledDoesNotFire_andMayBeSetAgain() {
    Wheel.Timer timer = in(Duration.ofSeconds(1), "a");
    wheel.cancel(timer);
    wheel.cancel(timer);
    after(Duration.ofSeconds(2));
    assertThat(fired).isEmpty();
    wheel.set(timer, TimeUnit.SECONDS.toNanos(5));
    wheel.set(timer, TimeUnit.SECONDS.toNanos(4));
    after(Duration.ofSeconds(5));
    assertThat(fired).containsExactly("a at 4000");
  }

  @Example
  void oneThatIsSetWhileAnotherFires_orIsCancelledByIt() {
    Wheel.Timer victim = in(Duration.ofMillis(10), "victim");
    wheel.in(
        TimeUnit.MILLISECONDS.toNanos(9),
        () -> {
          wheel.cancel(victim);
          in(Duration.ZERO, "at once");
          in(Duration.ofMillis(3), "later");
        });
    after(Duration.ofSeconds(1));
    assertThat(fired).containsExactly("at once at 10", "later at 12");
  }

  @Example
  void oneThatThrowsHoldsUpNobody() {
    IllegalStateException fault = new IllegalStateException("on purpose");
    wheel.in(
        0,
        () -> {
          throw fault;
        });
    in(Duration.ZERO, "next");
    after(Duration.ofMillis(5));
    assertThat(fired).hasSize(1);
    assertThat(faults).containsExactly(fault);
  }

  @Example
  void whatIsSetLaterSetsNoOtherTimer() {
    in(Duration.ofMillis(500), "first");
    long before = time.getScheduledTaskCount();
    for (int i = 0; i < 1000; i++) {
      wheel.cancel(in(Duration.ofMillis(501 + i), "x"));
    }
    assertThat(time.getScheduledTaskCount()).isEqualTo(before);
  }

  @Example
  void onceStoppedNothingFires() {
    in(Duration.ofMillis(1), "a");
    wheel.stop();
    in(Duration.ofMillis(2), "b");
    after(Duration.ofSeconds(1));
    assertThat(fired).isEmpty();
  }

  @Example
  void whatWasDueWhenItStoppedDoesNotFireEither() {
    List<Runnable> steps = new ArrayList<>();
    Wheel stopped = new Wheel(() -> time.now(TimeUnit.NANOSECONDS), time, steps::add);
    stopped.in(0, () -> fired.add("a"));
    after(Duration.ofMillis(5));
    assertThat(steps).as("the scheduler's timer has fired").hasSize(1);
    stopped.stop();
    steps.get(0).run();
    after(Duration.ofSeconds(1));
    assertThat(fired).isEmpty();
    assertThat(steps).hasSize(1);
  }

  /** Against a list: each at its time, whatever is set, cancelled and how time goes on. */
  @Property(tries = 300)
  void asAListWouldHaveIt(@ForAll @Size(max = 60) int[] chances) {
    record Due(long at, String name) {}
    List<Due> expected = new ArrayList<>();
    List<Due> seen = new ArrayList<>();
    List<Wheel.Timer> timers = new ArrayList<>();
    for (int i = 0; i < chances.length; i++) {
      // From moments to many turns of the wheel.
      long delay = Math.abs((long) chances[i]) << (i % 3 == 0 ? 5 : 1);
      if (i % 5 == 4) {
        after(Duration.ofNanos(delay));
      } else if (i % 7 == 6) {
        int victim = Math.floorMod(chances[i], timers.size());
        String name = "t" + victim;
        if (seen.stream().noneMatch(due -> due.name().equals(name))) {
          wheel.cancel(timers.get(victim));
          expected.removeIf(due -> due.name().equals(name));
        }
      } else {
        String name = "t" + timers.size();
        long at = time.now(TimeUnit.NANOSECONDS) + delay;
        expected.add(new Due(at, name));
        timers.add(wheel.in(delay, () -> seen.add(new Due(time.now(TimeUnit.NANOSECONDS), name))));
      }
    }
    after(Duration.ofHours(1));
    assertThat(seen)
        .extracting(Due::name)
        .hasSameElementsAs(expected.stream().map(Due::name).toList());
    for (Due each : seen) {
      long due =
          expected.stream()
              .filter(one -> one.name().equals(each.name()))
              .findFirst()
              .orElseThrow()
              .at();
      assertThat(each.at() - due).isBetween(0L, TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
