package io.stanzahook.app.config;

import java.util.List;

/** The configuration cannot be used. Holds all problems, one line each. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public ConfigurationException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, one line each, in the order found. */
  public List<String> problems() {
    return problems;
  }
}
