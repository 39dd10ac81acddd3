package io.stanzahook.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StepsTest {
  private final Steps steps = new Steps();

  @Test
  void stepsBeyondTheMostAreLost_andThereIsRoomAgainOnceSomeArePrinted() throws Exception {
    for (int i = 0; i <= Steps.MAX_WAITING; i++) {
      steps.add(new Step.Settled(Integer.toString(i)));
    }
    assertThat(steps.poll(Duration.ZERO)).isEqualTo(new Step.Settled("0"));
    steps.add(new Step.Settled("last"));
    for (int i = 1; i < Steps.MAX_WAITING; i++) {
      assertThat(steps.poll(Duration.ZERO)).isEqualTo(new Step.Settled(Integer.toString(i)));
    }
    assertThat(steps.poll(Duration.ZERO)).isEqualTo(new Step.Settled("last"));
    assertThat(steps.poll(Duration.ZERO)).isNull();
  }
}
