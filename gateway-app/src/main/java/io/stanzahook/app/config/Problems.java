package io.stanzahook.app.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a configuration, so that all of it is reported at once. */
public final class Problems {
  private final List<String> lines = new ArrayList<>();

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
