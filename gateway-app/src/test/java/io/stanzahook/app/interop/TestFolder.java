package io.stanzahook.app.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder of one fixture, removed with it. */
record TestFolder(Path path) implements AutoCloseable {
  private static final Duration REMOVAL_LIMIT = Duration.ofMinutes(2);

  static TestFolder create(String name) {
    try {
      return new TestFolder(Files.createTempDirectory("stanzahook-" + name + "-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file, making its folder, and gives its path. */
  Path write(String name, String text) {
    try {
      Path file = path.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      if (name.contains("secret") || name.contains("token")) {
        // As the gateway wants them; it would warn.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything in it, the folder itself first. */
  List<Path> all() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
  }

  /** Removes the folder; a server that is just ending may still be changing it. */
  @Override
  public void close() {
    Await.until("the removal of " + path, REMOVAL_LIMIT, this::removed);
  }

  private boolean removed() {
    if (!Files.exists(path)) {
      return true;
    }
    try {
      for (Path file : all().stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (IOException stillChanging) {
      return false;
    }
  }
}
