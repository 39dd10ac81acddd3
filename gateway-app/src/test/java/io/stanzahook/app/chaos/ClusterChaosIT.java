package io.stanzahook.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault once to each kind of process; {@code scripts/chaos --cluster} goes on for longer. */
class ClusterChaosIT {
  @TempDir private Path folder;

  @Test
  void whateverDiesFreezesOrEnds_nothingThatWasTakenIsLost_andTheOrderHolds() throws Exception {
    try (ClusterChaosRun run =
        new ClusterChaosRun(
            folder, System.getProperty("stanzahook.jar"), 100, Duration.ofSeconds(9), 1)) {
      ChaosFigures figures = run.run(Duration.ofSeconds(4), 1);
      // The canaries: else nothing was sent, or no edge was killed under load.
      assertThat(figures.safe()).isPositive();
      assertThat(run.bounced()).isPositive();
      assertThat(figures.lost()).isZero();
      assertThat(figures.manyIds()).isZero();
      // At five nodes before and after, and at four while an edge is frozen.
      assertThat(run.asked()).isEqualTo(14);
      assertThat(figures.outOfOrder()).isLessThanOrEqualTo(run.late());
    }
  }
}
