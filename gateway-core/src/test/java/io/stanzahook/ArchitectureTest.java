package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.guard.ArchitectureRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house rules, for the engine. */
class ArchitectureTest extends ArchitectureRules {
  @Test
  void packagesTellWhatOfThemIsApi() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      List<Path> all = files.filter(file -> file.endsWith("package-info.java")).toList();
      assertThat(all)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file))
                      .as("a line that says what of it is API, or 'API: none; it may change.'")
                      .contains(" * <p>API: "));
    }
  }
}
