package io.stanzahook.app;

import io.stanzahook.app.Finding.Result;
import io.stanzahook.spool.SpoolAccess;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.spool.SpoolSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Looks whether the spool's folder can be used, and changes nothing there. */
final class SpoolCheck {
  private static final String SUBJECT = "spool";

  /** The file that a gateway holds a lock of. */
  private static final String LOCK = "lock";

  private static final long MIB = 1024 * 1024;

  private SpoolCheck() {}

  static Finding run(SpoolSettings settings) {
    Path folder = settings.folder().toAbsolutePath();
    try {
      if (!Files.exists(folder)) {
        return missing(folder, settings);
      }
      if (!Files.isDirectory(folder)) {
        return failed(folder + " is not a folder; name another one");
      }
      if (!Files.isWritable(folder)) {
        return failed(folder + " cannot be written to; check who owns it");
      }
      List<String> open = SpoolAccess.look(folder);
      Path lock = folder.resolve(LOCK);
      if (Files.exists(lock)) {
        if (!Files.isWritable(lock)) {
          return failed(lock + " cannot be written to; check who owns it");
        }
        if (isLocked(lock)) {
          return failed(
              folder + " is in use by another process; give each gateway a folder of its own");
        }
      }
      Finding found = ok(folder + " can be written to", folder, settings);
      return open.isEmpty()
          ? found
          : new Finding(SUBJECT, found.result(), found.detail() + "; " + String.join("; ", open));
    } catch (SpoolException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return failed(folder + " cannot be read: " + e);
    }
  }

  private static Finding missing(Path folder, SpoolSettings settings) {
    Path above = folder.getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }
    if (above == null || !Files.isDirectory(above) || !Files.isWritable(above)) {
      return failed(
          "%s is missing, and cannot be created: %s cannot be written to".formatted(folder, above));
    }
    return ok(folder + " will be created", above, settings);
  }

  private static boolean isLocked(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      // Closing the channel lets go of it again.
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  private static Finding ok(String what, Path existing, SpoolSettings settings) {
    // Not by its file store, which is known only where the system lists the mount.
    long free = existing.toFile().getUsableSpace();
    String room =
        free < settings.limit()
            ? "; the disk has %d MiB free, which is less than --spool-limit".formatted(free / MIB)
            : "";
    return new Finding(SUBJECT, Result.OK, what + room);
  }

  private static Finding failed(String detail) {
    return new Finding(SUBJECT, Result.FAILED, detail);
  }
}
