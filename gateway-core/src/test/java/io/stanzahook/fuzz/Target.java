package io.stanzahook.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The targets: what is fuzzed. {@code scripts/fuzz} finds them by the folders of their inputs. */
enum Target {
  STREAM(StreamTarget.class),
  SUPPLIED(SuppliedTarget.class),
  REPLY(ReplyTarget.class),
  JID(JidTarget.class);

  // Tests run in the module's directory.
  private static final Path RESOURCES = Path.of("src/test/resources/io/stanzahook/fuzz");

  private final Class<?> type;

  Target(Class<?> type) {
    this.type = type;
  }

  /** The class with Jazzer's entry. */
  Class<?> type() {
    return type;
  }

  /** The folder of its seeds and of what was found. */
  Path corpus() {
    return corpus(folder());
  }

  /** Its words, as libFuzzer reads them. */
  Path dictionary() {
    return RESOURCES.resolve(folder() + ".dict");
  }

  private String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Path corpus(String folder) {
    return RESOURCES.resolve(folder);
  }

  /** The files of its corpus. */
  List<Path> inputs() {
    try (Stream<Path> files = Files.list(corpus())) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it once. */
  void run(byte[] input) {
    switch (this) {
      case STREAM -> StreamTarget.fuzzerTestOneInput(input);
      case SUPPLIED -> SuppliedTarget.fuzzerTestOneInput(input);
      case REPLY -> ReplyTarget.fuzzerTestOneInput(input);
      case JID -> JidTarget.fuzzerTestOneInput(input);
    }
  }
}
