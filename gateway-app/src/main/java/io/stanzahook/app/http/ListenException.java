package io.stanzahook.app.http;

/** The address of {@code --http-listen} cannot be listened on. The message is for the operator. */
public final class ListenException extends Exception {
  private static final long serialVersionUID = 1L;

  ListenException(String message) {
    super(message);
  }
}
