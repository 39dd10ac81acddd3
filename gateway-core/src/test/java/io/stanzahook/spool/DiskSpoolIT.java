package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpoolIT extends SpoolContract {
  @TempDir Path folder;
  private int opened;

  @Override
  Spool open(long limit, int maxDeadLetters) {
    opened++;
    return DiskSpool.open(
        new SpoolSettings(folder.resolve("spool" + opened), limit, maxDeadLetters), told);
  }

  @Test
  void theFileGetsSmallerAgain() throws IOException {
    for (int i = 0; i < 250; i++) {
      spool.append(record("large", 100_000));
    }
    told.awaitDurable(250);
    for (int i = 1; i <= 250; i++) {
      spool.settle(i);
    }
    flush();

    Path file = folder.resolve("spool" + opened + "/spool.db");
    long end = System.nanoTime() + 20_000_000_000L;
    while (Files.size(file) > 18_000_000) {
      assertThat(System.nanoTime()).as("made smaller in time").isLessThan(end);
      Thread.onSpinWait();
    }
    assertThat(readAll()).isEmpty();
  }
}
