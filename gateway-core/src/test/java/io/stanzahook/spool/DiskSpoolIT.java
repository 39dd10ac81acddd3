package io.stanzahook.spool;

import java.nio.file.Path;
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
}
