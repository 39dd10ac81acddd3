package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.fuzz.canary.CanaryTarget;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A few seconds of coverage-guided fuzzing; {@code scripts/fuzz} is for hours of it. */
class FuzzIT {
  /** Inputs run by each target, the seeds among them. */
  private static final int RUNS = 500;

  private static final int RUNS_OF_THE_CANARY = 20_000;

  /** Stays after a failure: the reproducer is in it. */
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @ParameterizedTest
  @EnumSource
  void findsNothing(Target target) throws Exception {
    JazzerRun run =
        JazzerRun.of(
            target.type(),
            folder,
            List.of(
                "-runs=" + RUNS,
                "-max_len=2048",
                "-dict=" + target.dictionary(),
                target.corpus().toString()));

    assertThat(run.findings()).as(run.report()).isEmpty();
    assertThat(run.exitCode()).as(run.report()).isZero();
    assertThat(run.log()).contains("Done ");
  }

  @Test
  void findsTheCanary() throws Exception {
    JazzerRun run =
        JazzerRun.of(
            CanaryTarget.class, folder, List.of("-runs=" + RUNS_OF_THE_CANARY, "-max_len=16"));

    assertThat(run.findings()).as(run.report()).hasSize(1);
    assertThat(run.exitCode()).as(run.report()).isNotZero();
    assertThat(run.log()).contains("the canary was found");
    assertThat(Files.readString(run.findings().get(0), StandardCharsets.ISO_8859_1))
        .isEqualTo("canary");
  }
}
