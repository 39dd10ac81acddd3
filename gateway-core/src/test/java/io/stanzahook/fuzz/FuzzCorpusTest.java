package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.fuzz.canary.CanaryTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every seed and every input that once showed a fault, through its target, without Jazzer. */
class FuzzCorpusTest {
  private static final int ENOUGH = 10;

  static Stream<Arguments> inputs() {
    return Arrays.stream(Target.values())
        .flatMap(
            target ->
                target.inputs().stream()
                    .map(file -> Arguments.of(target, Named.of(name(file), file))));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("inputs")
  void hasNoFault(Target target, Path file) throws IOException {
    byte[] input = Files.readAllBytes(file);
    assertThatCode(() -> target.run(input)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource
  void hasSeeds(Target target) {
    assertThat(target.inputs()).hasSizeGreaterThan(ENOUGH);
    assertThat(target.dictionary()).exists();
  }

  @Test
  void theCanaryIsWrong() {
    byte[] input = "canary".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> CanaryTarget.fuzzerTestOneInput(input))
        .hasMessage("the canary was found");
  }
}
