package io.stanzahook.app.config;

/** A value is not of its option's form. The message completes "{@code --flag: …}". */
public final class InvalidValueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String problem;

  public InvalidValueException(String problem) {
    super(problem);
    this.problem = problem;
  }

  /** What is wrong with the text and what would be right. */
  public String problem() {
    return problem;
  }
}
