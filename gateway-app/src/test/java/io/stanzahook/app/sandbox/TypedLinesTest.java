package io.stanzahook.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypedLinesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static List<String> all(String input) throws InterruptedException {
    TypedLines lines =
        new TypedLines(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            StandardCharsets.UTF_8);
    List<String> all = new ArrayList<>();
    while (lines.await(PATIENCE) && !lines.ended()) {
      all.add(lines.take());
    }
    assertThat(lines.ended()).isTrue();
    assertThat(lines.await(Duration.ZERO)).isTrue();
    return all;
  }

  @Test
  void givesEachLine() throws Exception {
    assertThat(all("a\r\n\n  \u00FC b \nlast")).containsExactly("a", "", "\u00FC b", "last");
    assertThat(all("a\n")).containsExactly("a");
    assertThat(all("")).isEmpty();
  }

  @Test
  void cutsWhatHasNoEnd() throws Exception {
    assertThat(all("x".repeat(600 * 1024)))
        .hasSize(3)
        .allMatch(line -> line.length() <= 256 * 1024);
  }

  @Test
  void doesNotWaitForEverForALine() throws Exception {
    try (PipedOutputStream typist = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(typist)) {
      TypedLines lines = new TypedLines(in, StandardCharsets.UTF_8);
      assertThat(lines.await(Duration.ofMillis(50))).isFalse();
      typist.write("now\n".getBytes(StandardCharsets.UTF_8));
      typist.flush();
      assertThat(lines.await(PATIENCE)).isTrue();
      assertThat(lines.ended()).isFalse();
      assertThat(lines.take()).isEqualTo("now");
    }
  }
}
