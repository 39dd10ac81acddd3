package io.stanzahook.app.admin;

/** The configuration is not read again now. The message is one line for the caller. */
public final class ReloadRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ReloadRefusedException(String message) {
    super(message, null, false, false);
  }
}
