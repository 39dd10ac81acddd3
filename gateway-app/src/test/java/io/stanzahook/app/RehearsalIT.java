package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What archives of classes are made with. */
class RehearsalIT {
  @Test
  void aMessageIsAnsweredAndTheProcessEnds() throws Exception {
    try (ChildProcess program =
        ChildProcess.java(
            Map.of(), "-cp", System.getProperty("stanzahook.jar"), Rehearsal.class.getName())) {
      assertThat(program.exitCode()).as(program.err()).isZero();
      assertThat(program.out()).isEmpty();
      assertThat(program.err()).contains("component rehearsal.localhost at").contains(" ended");
    }
  }
}
