package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final AtomicLong now = new AtomicLong(-5);
  private final AtomicLong rested = new AtomicLong();
  private final Pace pace =
      new Pace(
          now::get,
          nanos -> {
            now.addAndGet(nanos);
            rested.addAndGet(nanos);
          });

  /** So many records come evenly within a second. Returns how long it rested meanwhile. */
  private Duration second(int records) {
    long before = rested.get();
    long begun = now.get();
    for (int taken = 0; taken < records; ) {
      now.set(Math.max(now.get(), begun + (taken + 1) * SECOND / records));
      int came = (int) ((now.get() - begun) * records / SECOND);
      pace.rest(Math.min(came, records) - taken);
      taken = came;
    }
    return Duration.ofNanos(rested.get() - before);
  }

  @Test
  void fewRecordsWaitForNothing() {
    assertThat(second(Pace.FAST - 50)).isZero();
    assertThat(second(10)).isZero();
  }

  @Test
  void manyRecordsAreGathered() {
    second(1000);
    assertThat(second(1000)).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void whatComesAfterASilenceWaitsForNothing() {
    second(1000);
    now.addAndGet(10 * SECOND);
    assertThat(second(Pace.FAST - 50)).isZero();
  }

  @Test
  void aFullRequestIsFollowedAtOnce() {
    second(1000);
    long before = rested.get();
    pace.rest(Pace.MANY);
    assertThat(rested).hasValue(before);
  }

  @Test
  void nothingIsNoReasonToRest() {
    second(1000);
    long before = rested.get();
    pace.rest(0);
    assertThat(rested).hasValue(before);
  }
}
