package io.stanzahook.app.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** systemd's journal, if it reads what this process writes to stderr. */
final class Journal {
  /** What the journal says of the stream that it reads: device and inode (systemd.exec(5)). */
  private static final String STREAM = "JOURNAL_STREAM";

  private static final String STDERR = "/proc/self/fd/2";

  private Journal() {}

  /**
   * Whether the journal reads stderr. The variable alone does not say so: children of a service
   * whose output goes elsewhere have it too.
   */
  static boolean readsStderr(Map<String, String> environment) {
    String stream = environment.get(STREAM);
    if (stream == null) {
      return false;
    }
    try {
      Path stderr = Path.of(STDERR);
      return stream.equals(
          Files.getAttribute(stderr, "unix:dev") + ":" + Files.getAttribute(stderr, "unix:ino"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Not Linux, or no /proc.
      return false;
    }
  }
}
