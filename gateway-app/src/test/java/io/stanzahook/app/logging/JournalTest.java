package io.stanzahook.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines as systemd's journal reads them. */
class JournalTest {
  private final PrintStream stderr = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  JournalTest() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(stderr);
    Logging.configure(context(), LogFormat.TEXT, false);
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void eachLineHasItsPriority(LogFormat format) {
    Logging.configure(context(), format, true);
    Logger log = LoggerFactory.getLogger("io.stanzahook.Some");
    log.error("e");
    log.warn("w");
    log.info("i");
    Logging.stop();

    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("<3>").contains("ERROR"),
            line -> assertThat(line).startsWith("<4>").contains("WARN"),
            line -> assertThat(line).startsWith("<6>").contains("INFO"));
  }

  @Test
  void aStackTraceIsAsUrgentAsItsMessage() {
    Logging.configure(context(), LogFormat.TEXT, true);
    LoggerFactory.getLogger("io.stanzahook.Some").error("e", new IllegalStateException("broken"));
    Logging.stop();

    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        .hasSizeGreaterThan(3)
        .allMatch(line -> line.startsWith("<3>"))
        .anyMatch(line -> line.startsWith("<3>java.lang.IllegalStateException: broken"))
        .anyMatch(line -> line.startsWith("<3>\tat io.stanzahook.app.logging.JournalTest"));
  }

  @Test
  void onlyTheStreamThatItNamesIsTheJournals() throws Exception {
    Path stream = Path.of("/proc/self/fd/2");
    String name =
        Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino");

    assertThat(Journal.readsStderr(Map.of("JOURNAL_STREAM", name))).isTrue();
    assertThat(Journal.readsStderr(Map.of("JOURNAL_STREAM", name + "1"))).isFalse();
    assertThat(Journal.readsStderr(Map.of())).isFalse();
  }
}
