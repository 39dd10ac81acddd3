package io.stanzahook.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stanzahook.app.chaos.ClusterChaosRun.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each fault once to each kind of process, and a short outage of all brokers; {@code scripts/chaos
 * --cluster} goes on for longer.
 */
class ClusterChaosIT {
  @TempDir private static Path folder;
  private static ClusterChaosRun run;
  private static ChaosFigures figures;

  @BeforeAll
  static void inflictAll() throws Exception {
    run =
        new ClusterChaosRun(
            folder, System.getProperty("stanzahook.jar"), 100, Duration.ofSeconds(9), false, 1);
    run.begin();
    run.faults(Duration.ofSeconds(2));
    // Longer than a lease: nothing may begin meanwhile.
    run.outage(Fault.FREEZE, Duration.ofSeconds(7), List.of());
    figures = run.end();
  }

  @AfterAll
  static void stop() {
    if (run != null) {
      run.close();
    }
  }

  @Test
  void whateverDiesFreezesOrEnds_nothingThatWasTakenIsLost_andTheOrderHolds() {
    // The canaries: else nothing was sent, or no edge was killed under load.
    assertThat(figures.safe()).isPositive();
    assertThat(run.cluster().users().bounced()).isPositive();
    assertThat(figures.lost()).isZero();
    assertThat(figures.manyIds()).isZero();
    // At five nodes before and after, and at four while an edge is frozen.
    assertThat(run.cluster().asked()).isEqualTo(14);
    assertThat(figures.outOfOrder()).isLessThanOrEqualTo(run.cluster().late());
  }

  @Test
  void allNodesAreStillThereAndHadEnoughMemory() {
    assertThat(run.cluster().nodes()).hasSize(5).noneMatch(ChaosNode::isBroken);
  }

  @Test
  void aWorkerThatIsCutOffFromTheBrokersBeginsNoPostOnceItsLeaseIsOver() {
    assumeTrue(
        run.cluster().hosts() != null,
        "network namespaces cannot be made or entered here: it takes the rights of root, and a root"
            + " folder that is a mount, which that of a chroot is not");
    int[] posts = run.postsOfCutWorkers();
    // The canary: it had something to POST.
    assertThat(posts[0]).isPositive();
    assertThat(posts[1]).isZero();
  }
}
