package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.logging.Flags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How the engine's messages name settings, and the program's users read them. */
class SettingNameTest {
  private static final Path ENGINE = Path.of("../gateway-core/src/main/java");

  private static final Pattern NAMED = Pattern.compile("‹([a-z-]+)›");

  /** A flag in a text that is no help of a setting or meter: there it stands between backticks. */
  private static final Pattern FLAG = Pattern.compile("\"[^\"`]*(?<![`\\w-])--[a-z][^\"]*\"");

  @Test
  void settingsAreReadAsFlags() {
    assertThat(Flags.named("give ‹tls-name›, or leave out ‹tls›."))
        .isEqualTo("give --tls-name, or leave out --tls.");
    assertThat(Flags.named("‹No Setting› stays, as $1 does"))
        .isEqualTo("‹No Setting› stays, as $1 does");
  }

  @Test
  void theEngineNamesSettingsThatThereAre() throws IOException {
    List<String> named =
        lines()
            .flatMap(line -> NAMED.matcher(line).results())
            .map(found -> found.group(1))
            .toList();
    assertThat(named).contains("tls-name", "post-url", "iq-timeout");
    assertThat(RunOptions.ALL).extracting(Option::name).containsAll(named);
  }

  @Test
  void theEngineKnowsNoFlags() throws IOException {
    // Kafka's own tools have flags too.
    assertThat(
            lines()
                .filter(line -> !line.contains("kafka-configs"))
                .flatMap(line -> FLAG.matcher(line).results())
                .map(MatchResult::group))
        .isEmpty();
  }

  /** The engine's code, without its comments and without what settings say of themselves. */
  private static Stream<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ENGINE)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    assertThat(lines).hasSizeGreaterThan(1_000);
    return lines.stream()
        .map(String::strip)
        .filter(line -> Stream.of("*", "/*", "//", "absent =").noneMatch(line::startsWith));
  }
}
