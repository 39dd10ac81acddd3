package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafeStepsTest {
  private final SafeSteps steps = new SafeSteps();
  private final List<String> run = new ArrayList<>();

  private void onceSafe(String name) {
    steps.onceSafe(() -> run.add(name), () -> run.add("no " + name));
  }

  @Test
  void aStepWaitsForWhatWasTakenBeforeItAndNotForWhatComesAfter() {
    onceSafe("first");
    steps.taken();
    steps.taken();
    onceSafe("second");
    steps.taken();
    assertThat(run).containsExactly("first");
    steps.done(1);
    assertThat(run).containsExactly("first");
    steps.done(1);
    assertThat(run).containsExactly("first", "second");
    assertThat(steps.unsafe()).isEqualTo(1);
  }

  @Test
  void stepsRunInTheirOrder() {
    steps.taken();
    onceSafe("first");
    onceSafe("second");
    steps.taken();
    onceSafe("third");
    steps.done(2);
    assertThat(run).containsExactly("first", "second", "third");
  }

  @Test
  void refusedStepsDoNotRunAndLaterOnesDo() {
    steps.taken();
    onceSafe("first");
    steps.refuse();
    onceSafe("second");
    steps.done(1);
    assertThat(run).containsExactly("no first", "second");
  }

  @Test
  void noMoreStepsWaitThanTheLimitAllows() {
    steps.taken();
    while (run.isEmpty()) {
      onceSafe("step");
    }
    assertThat(run).containsExactly("no step");
    steps.done(1);
    assertThat(run).hasSize(1 + SafeSteps.MAX_WAITING);
  }

  @Test
  void thereIsRoomForAsManyAsTheLimitAllows() {
    assertThat(steps.room()).isEqualTo(SafeSteps.MAX_UNSAFE);
    steps.taken();
    assertThat(steps.room()).isEqualTo(SafeSteps.MAX_UNSAFE - 1);
    steps.done(1);
    assertThat(steps.room()).isEqualTo(SafeSteps.MAX_UNSAFE);
  }
}
