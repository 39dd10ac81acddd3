package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stream.ComponentSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --spool} and the settings that follow from it. */
class SpoolConfigurationTest {
  private final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void giveTheRest() {
    environment.put("STANZAHOOK_COMPONENT", "gw.localhost");
    environment.put("STANZAHOOK_SECRET", "s3cr3t");
    environment.put("STANZAHOOK_POST_URL", "http://bot/");
  }

  private AppSettings read(String... arguments) throws ConfigurationException {
    return RunFlags.read(environment, arguments);
  }

  private List<String> problems(String... arguments) {
    return RunFlags.problems(environment, arguments);
  }

  private static Duration retryFor(AppSettings settings) {
    return settings.gateway().dispatch().retry().retryFor();
  }

  private static Duration maxPendingAge(AppSettings settings) {
    return settings.gateway().maxPendingAge();
  }

  @Test
  void thereIsNoneUnlessAskedFor() throws Exception {
    AppSettings settings = read();

    assertThat(settings.gateway().spool()).isNull();
    assertThat(retryFor(settings)).isEqualTo(Duration.ofSeconds(60));
    assertThat(maxPendingAge(settings)).isEqualTo(ComponentSettings.DEFAULT_MAX_PENDING_AGE);
    assertThat(maxPendingAge(read("--retry-for=1h")))
        .isEqualTo(ComponentSettings.DEFAULT_MAX_PENDING_AGE);
  }

  @Test
  void withOneMessagesAndTheirRepliesHaveThreeDays() throws Exception {
    AppSettings settings = read("--spool", "data/spool");

    assertThat(settings.gateway().spool())
        .isEqualTo(new SpoolSettings(Path.of("data/spool"), 10L << 30, 10_000));
    assertThat(retryFor(settings)).isEqualTo(Duration.ofDays(3));
    assertThat(maxPendingAge(settings)).isEqualTo(Duration.ofDays(3));
  }

  @Test
  void aTimeThatIsGivenCounts() throws Exception {
    AppSettings settings = read("--spool=s", "--retry-for=20m");
    assertThat(retryFor(settings)).isEqualTo(Duration.ofMinutes(20));
    assertThat(maxPendingAge(settings)).isEqualTo(Duration.ofMinutes(20));

    AppSettings one = read("--spool=s", "--retry-for=0s");
    assertThat(retryFor(one)).isZero();
    assertThat(maxPendingAge(one)).isEqualTo(ComponentSettings.DEFAULT_MAX_PENDING_AGE);
  }

  @Test
  void everySettingComesFromFlagsEnvironmentAndFile(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("c.yaml"), "spool: /var/s\nspool_limit: 2MiB\ndead_letters: 0\n");
    assertThat(read("--config", file.toString()).gateway().spool())
        .isEqualTo(new SpoolSettings(Path.of("/var/s"), 2 << 20, 0));
    environment.put("STANZAHOOK_SPOOL_LIMIT", "3GiB");
    environment.put("STANZAHOOK_DEAD_LETTERS", "5");
    assertThat(read("--config", file.toString(), "--dead-letters=6").gateway().spool())
        .isEqualTo(new SpoolSettings(Path.of("/var/s"), 3L << 30, 6));
  }

  @Test
  void whatIsWrongIsSaid() {
    assertThat(problems("--spool=s", "--spool-limit=10", "--dead-letters=-1"))
        .containsExactly(
            "--spool-limit: '10' is not between 1048576 and 107374182400000 bytes",
            "--dead-letters: '-1' is not a whole number from 0 to 10000000");
    assertThat(problems("--spool-limit=2GiB", "--dead-letters=7"))
        .containsExactly(
            "--spool-limit: does nothing without a spool; give --spool too, or leave --spool-limit"
                + " out",
            "--dead-letters: does nothing without a spool; give --spool too, or leave"
                + " --dead-letters out");
  }
}
