package io.stanzahook.cluster;

import java.util.List;

/** The cluster cannot be used as it is. Each problem is for a person, with its remedy. */
public final class ClusterException extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // An immutable list of texts.
  private final List<String> problems;

  /** With what is wrong. */
  public ClusterException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, one line each. */
  public List<String> problems() {
    return problems;
  }
}
