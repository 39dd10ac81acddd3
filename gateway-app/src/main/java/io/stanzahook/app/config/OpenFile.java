package io.stanzahook.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Warns of files with something secret in them that other users of the machine can read. */
final class OpenFile {
  private static final String ROOT = "root";

  private OpenFile() {}

  /**
   * Warns if the file is open to others than its owner. One of root's that a group may read is not:
   * packages give services their secrets so.
   *
   * @param source where the file was named
   */
  static void warn(Path path, Source source, Problems problems) {
    if (!Files.isRegularFile(path)) {
      return; // A pipe, or nothing.
    }
    try {
      PosixFileAttributes file = Files.readAttributes(path, PosixFileAttributes.class);
      Set<PosixFilePermission> given = file.permissions();
      boolean all =
          given.contains(PosixFilePermission.OTHERS_READ)
              || given.contains(PosixFilePermission.OTHERS_WRITE);
      boolean group =
          given.contains(PosixFilePermission.GROUP_WRITE)
              || (given.contains(PosixFilePermission.GROUP_READ)
                  && !file.owner().getName().equals(ROOT));
      if (all || group) {
        problems.warn(
            "%s: other users of this machine can get at what is secret in %s (%s); 'chmod 600 %s' keeps them out"
                .formatted(source, path, PosixFilePermissions.toString(given), path));
      }
    } catch (IOException | UnsupportedOperationException e) {
      // It cannot be read either, or has no permissions.
    }
  }
}
