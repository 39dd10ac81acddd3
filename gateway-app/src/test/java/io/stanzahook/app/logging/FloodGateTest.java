package io.stanzahook.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class FloodGateTest {
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final Intervals intervals = new Intervals(time);
  private final List<String> sums = new ArrayList<>();
  private final FloodGate<String> gate =
      new FloodGate<String>(
          2,
          intervals,
          new FloodGate.Sums<String>() {
            @Override
            public void more(String kind, int count) {
              sums.add(kind + " " + count);
            }

            @Override
            public void others(int count) {
              sums.add("others " + count);
            }
          });

  @AfterEach
  void dispose() {
    time.dispose();
  }

  @Test
  void theFirstPassAndTheOthersAreSummed() {
    assertThat(List.of(gate.passes("a"), gate.passes("a"), gate.passes("a"), gate.passes("b")))
        .containsExactly(true, true, false, true);
    assertThat(gate.passes("a")).isFalse();
    assertThat(sums).isEmpty();

    time.advanceTimeBy(FloodGate.INTERVAL);

    assertThat(sums).containsExactly("a 2");
    assertThat(gate.passes("a")).as("a new interval").isTrue();
  }

  @Test
  void anIntervalWithoutAFloodTellsNothing() {
    gate.passes("a");
    time.advanceTimeBy(FloodGate.INTERVAL.multipliedBy(3));

    assertThat(sums).isEmpty();
  }

  @Test
  void tenThousandAMinuteAreAFewLines() {
    int lines = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 167; i++) {
        lines += gate.passes("a") ? 1 : 0;
      }
      time.advanceTimeBy(java.time.Duration.ofSeconds(1));
    }

    assertThat(lines + sums.size()).isLessThanOrEqualTo(3 * 6);
  }

  @Test
  void kindsAreBoundedToo() {
    int lines = 0;
    for (int i = 0; i < 10_000; i++) {
      lines += gate.passes("kind " + i) ? 1 : 0;
    }
    time.advanceTimeBy(FloodGate.INTERVAL);

    assertThat(lines).isEqualTo(FloodGate.MAX_KINDS);
    assertThat(sums).containsExactly("others " + (10_000 - FloodGate.MAX_KINDS));
  }

  @Test
  void whatWasCountedUntilTheEndOfTheProgramIsToldThenAndOnce() {
    gate.passes("a");
    gate.passes("a");
    gate.passes("a");
    intervals.close();
    assertThat(sums).containsExactly("a 1");

    time.advanceTimeBy(FloodGate.INTERVAL);
    intervals.close();
    assertThat(sums).containsExactly("a 1");
  }
}
