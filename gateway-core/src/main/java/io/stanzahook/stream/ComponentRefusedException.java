package io.stanzahook.stream;

/**
 * The server refused the component in a way that trying again does not mend: a wrong secret, an
 * unknown domain. The message is one line for the operator.
 */
public final class ComponentRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String condition;

  public ComponentRefusedException(String condition, String message) {
    super(message);
    this.condition = condition;
  }

  /** The stream error's condition (RFC 6120, 4.9.3). */
  public String condition() {
    return condition;
  }
}
