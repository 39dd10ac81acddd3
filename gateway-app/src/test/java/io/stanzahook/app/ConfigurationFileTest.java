package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Whether a configuration file was changed since it was read. */
class ConfigurationFileTest {
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

  @TempDir Path folder;

  @Test
  void aChangeIsKnownUntilItIsReadWithoutProblems() throws Exception {
    Path file = Files.writeString(folder.resolve("stanzahook.yaml"), "queue: 5\n");
    try (ConfigurationFile known = new ConfigurationFile(file, time)) {
      time.advanceTimeBy(ConfigurationFile.EVERY);
      assertThat(known.changed()).isNull();

      Files.writeString(file, "queue: five\n");
      time.advanceTimeBy(ConfigurationFile.EVERY);
      assertThat(known.changed()).isEqualTo(Files.getLastModifiedTime(file).toInstant());
      known.begins();
      known.ended(false);
      time.advanceTimeBy(ConfigurationFile.EVERY);
      assertThat(known.changed()).isNotNull();

      Files.writeString(file, "queue: 55\n");
      known.begins();
      known.wasRead();
      assertThat(known.changed()).isNull();
      time.advanceTimeBy(ConfigurationFile.EVERY);
      assertThat(known.changed()).isNull();

      // Somebody is about to replace it.
      Files.delete(file);
      time.advanceTimeBy(ConfigurationFile.EVERY);
      assertThat(known.changed()).isNull();
    }
  }

  @Test
  void withoutAFileNothingChanges() {
    try (ConfigurationFile none = new ConfigurationFile(null, time)) {
      none.begins();
      none.wasRead();
      time.advanceTimeBy(ConfigurationFile.EVERY);
      assertThat(none.changed()).isNull();
    }
  }
}
