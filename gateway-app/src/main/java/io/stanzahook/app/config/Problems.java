package io.stanzahook.app.config;

import io.stanzahook.app.files.BoundedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a configuration, so that all of it is reported at once. */
public final class Problems {
  /** What stands in the first line of a key in PEM. */
  private static final String PRIVATE_KEY = "PRIVATE KEY-----";

  private final List<String> lines = new ArrayList<>();
  private final Set<String> warned = new HashSet<>();
  private final Consumer<String> warnings;

  /** None noted yet; warnings are not of interest. */
  public Problems() {
    this(warning -> {});
  }

  /**
   * None noted yet.
   *
   * @param warnings is given what is not wrong, but should be known: a line each
   */
  public Problems(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  /** Tells of something once that should be known, and stops nothing. */
  private void warn(String warning) {
    if (warned.add(warning)) {
      warnings.accept(warning);
    }
  }

  /** Notes one problem. */
  public void add(String problem) {
    // One line a problem: parsers of other people's making like to quote whole documents.
    String line = problem.replaceAll("\\s*\\R\\s*", "; ");
    if (!lines.contains(line)) {
      lines.add(line);
    }
  }

  /** Notes a problem with what was given at that place. */
  public void add(Source source, String what) {
    add(source + ": " + what);
  }

  /** Takes problems with what was given at that place. */
  public Consumer<String> of(Source source) {
    return what -> add(source, what);
  }

  /**
   * The text of a file that a setting names; null after noting why it cannot be read. Warns where
   * others can read a secret in it.
   *
   * @param secret whether it holds one, whatever stands in it
   */
  @Nullable String read(Path path, Source source, int maxBytes, boolean secret) {
    try {
      String text = BoundedFile.text(path, maxBytes);
      if (secret || text.contains(PRIVATE_KEY)) {
        warnIfExposed(path, source);
      }
      return text;
    } catch (IOException e) {
      add(source, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Warns where others can read the file, which holds a secret. */
  void warnIfExposed(Path path, Source source) {
    String exposure = BoundedFile.exposure(path);
    if (exposure != null) {
      warn(source + ": " + exposure);
    }
  }

  /** Notes all that others noted. */
  public void addAll(Problems others) {
    others.lines.forEach(this::add);
  }

  /** Whether none was noted. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * Ends the reading if there is any problem.
   *
   * @throws ConfigurationException with all of them
   */
  public void throwIfAny() throws ConfigurationException {
    if (!lines.isEmpty()) {
      throw new ConfigurationException(lines);
    }
  }
}
