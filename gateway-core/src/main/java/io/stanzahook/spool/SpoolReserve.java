package io.stanzahook.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Space reserved for a full disk. Without it, not even completions could be written, and the spool
 * would never have room again. Belongs to the writing thread.
 */
final class SpoolReserve {
  /** Twice what the log holds: once for that, and once for what is carried over into the file. */
  static final int BYTES = 2 * SpoolFile.LOG_BYTES;

  static final String NAME = "reserve";

  /** Taken again once the disk has this much room. */
  private static final long ROOM = 4L * BYTES;

  private final Path folder;
  private final Path file;
  private boolean taken;

  SpoolReserve(Path folder) {
    this.folder = folder.toAbsolutePath();
    file = folder.resolve(NAME);
    take();
  }

  /**
   * Takes the space, where there is enough. How much there is the folder itself is asked: the JDK
   * knows file stores by the system's list of mounts, which a changed root does not have.
   */
  void take() {
    if (taken) {
      return;
    }
    try {
      if (Files.exists(file) && Files.size(file) == BYTES) {
        taken = true;
      } else if (folder.toFile().getUsableSpace() >= ROOM) {
        write();
      }
    } catch (IOException e) {
      // Then there is none, as on a full disk.
    }
  }

  private void write() throws IOException {
    // One of another size is of no use; and never is one written through a link.
    Files.deleteIfExists(file);
    try (FileChannel channel =
            FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                SpoolAccess.attributes());
        OutputStream out = Channels.newOutputStream(channel)) {
      byte[] zeros = new byte[SpoolFile.LOG_BYTES];
      for (int written = 0; written < BYTES; written += zeros.length) {
        out.write(zeros);
      }
      taken = true;
    } finally {
      if (!taken) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Gives the space to whoever writes next. */
  void release() {
    taken = false;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Then it is of no use, and does no harm.
    }
  }
}
