package io.stanzahook.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five kills; {@code scripts/chaos} does fifty. */
class ChaosIT {
  private static final int KILLS = 5;
  private static final int MESSAGES = 5_000;

  @TempDir private Path folder;

  @Test
  void killedAtRandomMoments_itLosesNothingThatItHad_andKeepsTheOrder() throws Exception {
    try (ChaosRun run = new ChaosRun(folder, System.getProperty("stanzahook.jar"), 1)) {
      ChaosFigures figures = run.run(KILLS, MESSAGES);
      assertThat(figures.kills()).isEqualTo(KILLS);
      assertThat(figures.safe()).isGreaterThanOrEqualTo(MESSAGES);
      assertThat(figures.lost()).isZero();
      assertThat(figures.manyIds()).isZero();
      assertThat(figures.outOfOrder()).isZero();
      // The canary: else nothing was in doubt when it was killed, and the run shows nothing.
      assertThat(figures.again()).isPositive();
      assertThat(figures.requests()).isGreaterThan(figures.safe());
    }
  }
}
