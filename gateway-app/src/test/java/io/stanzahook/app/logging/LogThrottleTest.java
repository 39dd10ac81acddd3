package io.stanzahook.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogThrottleTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final LogThrottle throttle = new LogThrottle(clock::get);

  @Test
  void letsSoManyLinesThroughEachSecondAndTellsOfTheOthers() {
    for (int i = 0; i < LogThrottle.LINES_A_SECOND; i++) {
      assertThat(throttle.pass()).isZero();
    }
    for (int i = 0; i < 7; i++) {
      assertThat(throttle.pass()).isEqualTo(LogThrottle.HELD_BACK);
    }
    clock.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(throttle.pass()).isEqualTo(7);
    assertThat(throttle.pass()).isZero();
  }
}
