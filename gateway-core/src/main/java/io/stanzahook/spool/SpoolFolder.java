package io.stanzahook.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A spool's folder, locked against other processes for as long as this is open. */
final class SpoolFolder implements AutoCloseable {
  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private SpoolFolder(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /** Whether a file of that name is the spool's, a damaged one put aside or a copy of it. */
  static boolean isOwn(String name) {
    return name.equals(LOCK)
        || name.equals(SpoolReserve.NAME)
        || (name.startsWith("spool") && name.contains(".db"));
  }

  /** Creates the folder where it is missing, closes it to others, and locks it. */
  static SpoolFolder open(Path path, SpoolListener listener) {
    try {
      SpoolAccess.createFolder(path);
    } catch (IOException e) {
      throw new SpoolException(
          Files.exists(path)
              ? "the spool " + path + " is not a folder; name another one"
              : "the spool's folder " + path + " cannot be created: " + reason(e),
          e);
    }
    List<String> closed = SpoolAccess.close(path);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              path.resolve(LOCK),
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
              SpoolAccess.attributes());
    } catch (IOException e) {
      throw new SpoolException(
          "the spool's folder " + path + " cannot be written to: " + reason(e), e);
    }
    FileLock lock = null;
    try {
      lock = lock(path, channel);
    } finally {
      if (lock == null) {
        closeQuietly(channel);
      }
    }
    closed.forEach(listener::closed);
    return new SpoolFolder(path, channel, lock);
  }

  private static FileLock lock(Path path, FileChannel channel) {
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      throw new SpoolException(
          "the file " + path.resolve(LOCK) + " cannot be locked: " + reason(e), e);
    }
    if (lock == null) {
      throw new SpoolException(
          "the spool "
              + path
              + " is in use by another process, which holds its file '"
              + LOCK
              + "'; give each gateway a folder of its own");
    }
    return lock;
  }

  /** What the system said. */
  static String reason(IOException error) {
    if (error instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (error instanceof FileSystemException inFile && inFile.getReason() != null) {
      return inFile.getReason();
    }
    return String.valueOf(error.getMessage());
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written to it.
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      lock.release();
    } catch (IOException e) {
      // Closing it lets go of it as well.
    }
    closeQuietly(channel);
  }
}
