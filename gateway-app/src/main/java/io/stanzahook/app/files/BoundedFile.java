package io.stanzahook.app.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads files that operators name. */
public final class BoundedFile {
  private static final String ROOT = "root";

  private BoundedFile() {}

  /**
   * Its bytes.
   *
   * @throws IOException whose message is a sentence for the operator
   */
  public static byte[] bytes(Path path, int maxBytes) throws IOException {
    try {
      if (!Files.isRegularFile(path) || Files.size(path) <= maxBytes) {
        return Files.readAllBytes(path);
      }
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + path, e);
    } catch (IOException e) {
      throw new IOException("%s cannot be read: %s".formatted(path, reason(e)), e);
    }
    throw new IOException("%s is larger than %d bytes".formatted(path, maxBytes));
  }

  /**
   * Its text.
   *
   * @throws IOException whose message is a sentence for the operator
   */
  public static String text(Path path, int maxBytes) throws IOException {
    byte[] bytes = bytes(path, maxBytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(path + " is not UTF-8 text", e);
    }
  }

  /** Why a file could not be read: the exceptions' own messages are often only its name. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException problem && problem.getReason() != null) {
      return problem.getReason();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /**
   * A warning if others than its owner can read or change the file, which holds a secret; null if
   * not. A group may read a file of root's: packages give services their secrets so.
   */
  public static @Nullable String exposure(Path path) {
    if (!Files.isRegularFile(path)) {
      return null; // A pipe, or nothing.
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
      return all || group
          ? "other users of this machine can get at what is secret in %s (%s); 'chmod 600 %1$s' keeps them out"
              .formatted(path, PosixFilePermissions.toString(given))
          : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null; // It cannot be read either, or has no permissions.
    }
  }
}
