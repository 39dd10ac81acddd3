package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopSignalsTest {
  // A clock like nanoTime's may begin anywhere, and run over.
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicInteger ends = new AtomicInteger();
  private final Output output = new Output();
  private final StopSignals signals =
      new StopSignals(now::get, output.console.err(), ends::incrementAndGet);

  private void after(Duration pause) {
    now.addAndGet(pause.toNanos());
  }

  @ParameterizedTest
  @CsvSource({"SIGTERM,SIGTERM", "SIGTERM,SIGINT", "SIGINT,SIGTERM", "SIGINT,SIGINT"})
  void aDoubledSignalIsOneOrder(String one, String two) {
    signals.came(one);
    signals.came(two);
    after(Duration.ofMillis(999));
    signals.came(one);

    assertThat(signals.first()).isCompletedWithValue(one);
    assertThat(ends).hasValue(0);
    assertThat(output.err())
        .isEqualTo(
            two
                + " so soon after the first signal counts as the same signal; send it again to "
                + "stop at once\n");
  }

  @Test
  void aSignalASecondLaterEndsAtOnce() {
    signals.came("SIGTERM");
    signals.came("SIGTERM");
    after(StopSignals.ONE_ORDER);
    signals.came("SIGINT");

    assertThat(ends).hasValue(1);
    assertThat(output.err()).endsWith("a second signal: stopping at once\n");
  }
}
