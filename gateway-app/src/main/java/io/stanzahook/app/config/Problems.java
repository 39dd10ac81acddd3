package io.stanzahook.app.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Collects what is wrong with a configuration, so that all of it is reported at once. */
public final class Problems {
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
  void warn(String warning) {
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
