package io.stanzahook.app.http;

/**
 * The gateway cannot listen on the address of {@code --http-listen}. The message is for the
 * operator.
 */
public final class ListenException extends Exception {
  private static final long serialVersionUID = 1L;

  ListenException(String message) {
    super(message);
  }
}
