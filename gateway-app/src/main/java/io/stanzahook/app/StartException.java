package io.stanzahook.app;

/**
 * The program cannot start for a reason that lies in its resources, not in its configuration. The
 * message is one line for the operator.
 */
final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String line;

  StartException(String message) {
    super(message);
    line = message;
  }

  /** The message. */
  String line() {
    return line;
  }
}
