package io.stanzahook.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Whether the file of {@code --config} has changed since it was read. Looks at its time and size
 * every few seconds. Any thread may ask.
 */
final class ConfigurationFile implements ReloadProgress, AutoCloseable {
  /** How often it looks. */
  static final Duration EVERY = Duration.ofSeconds(5);

  private final @Nullable Path path;
  private final Disposable looking;

  /** As it was before the reading that is under way, or was last. */
  private volatile @Nullable Stamp before;

  /** As it was when it was read. */
  private volatile @Nullable Stamp read;

  private volatile @Nullable Instant changed;

  /** What tells two contents of a file apart, as a rule. */
  private record Stamp(Instant time, long size) {
    static @Nullable Stamp of(Path path) {
      try {
        BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stamp(file.lastModifiedTime().toInstant(), file.size());
      } catch (IOException e) {
        // Somebody is about to replace it, or it cannot be read: a reload says so.
        return null;
      }
    }
  }

  /**
   * A file that was just read. May block for a moment.
   *
   * @param path null where there is none
   * @param scheduler may block
   */
  ConfigurationFile(@Nullable Path path, Scheduler scheduler) {
    this.path = path;
    begins();
    wasRead();
    this.looking =
        path == null
            ? Disposables.disposed()
            : scheduler.schedulePeriodically(
                this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    Path file = path;
    Stamp now = file == null ? null : Stamp.of(file);
    if (now != null) {
      changed = now.equals(read) ? null : now.time();
    }
  }

  @Override
  public void begins() {
    Path file = path;
    before = file == null ? null : Stamp.of(file);
  }

  /** The reading that began last had no problems. */
  void wasRead() {
    read = before;
    changed = null;
  }

  /** When it was changed, if that was not read yet; null if all was. */
  @Nullable Instant changed() {
    return changed;
  }

  @Override
  public void close() {
    looking.dispose();
  }
}
