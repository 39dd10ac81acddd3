package io.stanzahook.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Space kept for when the disk is full: without any, not even what is settled could be written, and
 * the spool would never have room again. Belongs to the writing thread.
 */
final class SpoolReserve {
  /** Twice what the log holds: once for that, and once for what is carried over into the file. */
  static final int BYTES = 2 * SpoolFile.LOG_BYTES;

  private static final String NAME = "reserve";

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

  /** Takes the space, where there is enough. */
  void take() {
    if (taken) {
      return;
    }
    try {
      if (Files.exists(file) && Files.size(file) == BYTES) {
        taken = true;
      } else if (folder.toFile().getUsableSpace() >= ROOM) {
        // Not by Files.getFileStore: that looks for the path in the mount table, which a chroot has
        // not.
        write();
      }
    } catch (IOException e) {
      // Then there is none, as on a full disk.
    }
  }

  private void write() throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
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
