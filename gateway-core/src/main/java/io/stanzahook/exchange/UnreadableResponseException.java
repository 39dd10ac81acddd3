package io.stanzahook.exchange;

/** A response whose body is not what its content type says. The message is one line for the log. */
public class UnreadableResponseException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableResponseException(String message) {
    super(message, null, false, false);
  }
}
