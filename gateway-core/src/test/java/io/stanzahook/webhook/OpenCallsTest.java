package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.webhook.OpenCalls.Expiring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class OpenCallsTest {
  private static final long LONG_AGO = System.nanoTime();
  private static final Duration TICK = Duration.ofMillis(10);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final OpenCalls calls =
      new OpenCalls(time, () -> time.now(TimeUnit.NANOSECONDS), TICK::toNanos, 3);
  private final List<String> expired = new ArrayList<>();

  @Test
  void aCallExpiresAtTheTickAfterItsDeadline() {
    assertThat(calls.add(new Call("a", 25))).isTrue();
    assertThat(calls.add(new Call("b", 40))).isTrue();

    pass(20);
    assertThat(expired).isEmpty();
    pass(10);
    assertThat(expired).containsExactly("a");
    pass(9);
    assertThat(expired).containsExactly("a");
    pass(1);
    assertThat(expired).containsExactly("a", "b");
  }

  @Test
  void aCallThatEndedDoesNotExpire() {
    Call call = new Call("a", 10);
    calls.add(call);
    calls.remove(call);
    pass(100);
    assertThat(expired).isEmpty();
  }

  @Test
  void ticksOnlyWhileThereAreCalls() {
    Call call = new Call("a", 1_000);
    calls.add(call);
    pass(10);
    assertThat(time.getScheduledTaskCount()).isEqualTo(2);
    calls.remove(call);
    pass(100);
    long idle = time.getScheduledTaskCount();
    pass(10_000);
    assertThat(time.getScheduledTaskCount()).isEqualTo(idle);

    calls.add(new Call("b", time.now(TimeUnit.MILLISECONDS) + 50));
    pass(60);
    assertThat(expired).containsExactly("b");
  }

  @Test
  void takesNoMoreThanTheLimit() {
    Call first = new Call("1", 100);
    assertThat(calls.add(first)).isTrue();
    assertThat(calls.add(new Call("2", 100))).isTrue();
    assertThat(calls.add(new Call("3", 100))).isTrue();
    Call fourth = new Call("4", 100);
    assertThat(calls.add(fourth)).isFalse();
    calls.remove(fourth);
    assertThat(calls.add(fourth)).isFalse();

    calls.remove(first);
    calls.remove(first);
    assertThat(calls.add(fourth)).isTrue();
    assertThat(calls.add(first)).isFalse();
  }

  /** On a real thread: the scheduler of virtual time does not survive what a task throws. */
  @Test
  void aCallThatFailsToExpireHoldsUpNoOther() throws Exception {
    Scheduler thread = Schedulers.newSingle("open-calls-test", true);
    try {
      OpenCalls onThread = new OpenCalls(thread, System::nanoTime, () -> 1_000_000, 3);
      CountDownLatch other = new CountDownLatch(1);
      FailingOnce failing = new FailingOnce();
      assertThat(onThread.add(failing)).isTrue();
      assertThat(failing.failed.await(120, TimeUnit.SECONDS)).isTrue();
      assertThat(onThread.add(new Counted(other))).isTrue();
      assertThat(other.await(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      thread.dispose();
    }
  }

  private void pass(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  private record Counted(CountDownLatch expired) implements Expiring {
    @Override
    public long deadlineNanos() {
      return LONG_AGO;
    }

    @Override
    public void expire() {
      expired.countDown();
    }
  }

  private static final class FailingOnce implements Expiring {
    private final CountDownLatch failed = new CountDownLatch(1);

    @Override
    public long deadlineNanos() {
      return LONG_AGO;
    }

    @Override
    public void expire() {
      if (failed.getCount() > 0) {
        failed.countDown();
        throw new IllegalStateException("on purpose");
      }
    }
  }

  private final class Call implements Expiring {
    private final String name;
    private final long deadlineMillis;

    private Call(String name, long deadlineMillis) {
      this.name = name;
      this.deadlineMillis = deadlineMillis;
    }

    @Override
    public long deadlineNanos() {
      return TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
    }

    @Override
    public void expire() {
      expired.add(name);
      calls.remove(this);
    }
  }
}
