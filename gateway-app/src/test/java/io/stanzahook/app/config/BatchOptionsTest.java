package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.BatchSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code --batch}, {@code --batch-wait}, {@code --batch-bytes}. */
class BatchOptionsTest {
  @Test
  void stanzasGoOneByOneUnlessMoreAreWanted() throws Exception {
    assertThat(batches()).isEqualTo(BatchSettings.ONE_BY_ONE);
    assertThat(batches("--batch=50", "--batch-wait=20ms", "--batch-bytes=64KiB"))
        .isEqualTo(new BatchSettings(50, Duration.ofMillis(20), 65_536));
    assertThat(batches("--batch=2", "--post-format=rest-json").most()).isEqualTo(2);
    assertThat(batches("--batch=1", "--post-format=xml").isOn()).isFalse();
  }

  @Test
  void aRequestOfXmlHoldsOneStanza() {
    assertThat(problems("--batch=2", "--post-format=xml"))
        .containsExactly(
            "--batch: needs --post-format json or rest-json: a request of format xml holds one"
                + " stanza");
  }

  @Test
  void whatIsOutOfBoundsIsAProblem() {
    assertThat(problems("--batch=0", "--batch-wait=2m", "--batch-bytes=10"))
        .hasSize(3)
        .allMatch(problem -> problem.startsWith("--batch"));
    assertThat(problems("--batch=1001")).hasSize(1);
  }

  private static List<String> problems(String... flags) {
    return RunFlags.problems(RunFlags.REQUIRED, flags);
  }

  private static BatchSettings batches(String... flags) throws ConfigurationException {
    return RunFlags.read(RunFlags.REQUIRED, flags).gateway().dispatch().flow().batches();
  }
}
