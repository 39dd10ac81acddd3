package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopSignalsIT {

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalDrainsAndEndsWithZero(String signal) throws Exception {
    try (ChildProcess program = start("soon")) {
      program.awaitError("gw.localhost: connected");
      program.signal(signal);

      assertThat(program.exitCode()).isZero();
      assertThat(program.err())
          .contains("SIG" + signal + ": accepting no more stanzas")
          .endsWith("ended\n");
    }
  }

  @Test
  void aSecondSignalEndsAtOnce() throws Exception {
    try (ChildProcess program = start("never")) {
      program.awaitError("gw.localhost: connected");
      program.signal("TERM");
      program.awaitError("SIGTERM: accepting no more stanzas");
      // Again and again, as an impatient person does: what comes within a second does not count.
      program.signalUntilItEnds("INT");

      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.err()).contains("a second signal: stopping at once");
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM,TERM", "TERM,INT", "INT,TERM"})
  void aDoubledSignalIsOneOrderAndTheGatewayDrains(String one, String two) throws Exception {
    try (ChildProcess program = start("soon")) {
      program.awaitError("gw.localhost: connected");
      program.signals(one, two);

      assertThat(program.exitCode()).isZero();
      assertThat(program.err())
          .contains(": accepting no more stanzas")
          .doesNotContain("stopping at once")
          .endsWith("ended\n");
    }
  }

  @Test
  void withoutHandlersTheOperatorIsWarned() throws Exception {
    // Under -Xrs the JVM leaves these signals alone.
    try (ChildProcess program = start("soon", "-Xrs")) {
      program.awaitError("SIGTERM will stop the gateway without draining");
    }
  }

  private static ChildProcess start(String stop, String... jvmFlags) throws IOException {
    String[] arguments = new String[jvmFlags.length + 4];
    System.arraycopy(jvmFlags, 0, arguments, 0, jvmFlags.length);
    arguments[jvmFlags.length] = "-cp";
    arguments[jvmFlags.length + 1] =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    arguments[jvmFlags.length + 2] = SignalledProgram.class.getName();
    arguments[jvmFlags.length + 3] = stop;
    return ChildProcess.java(Map.of(), arguments);
  }
}
