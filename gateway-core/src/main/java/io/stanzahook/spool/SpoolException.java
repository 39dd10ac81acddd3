package io.stanzahook.spool;

/**
 * The spool cannot be opened, read or written. The message is for a person: it names the folder or
 * file, the offset if there is one, and what to do.
 */
public final class SpoolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what to tell. */
  public SpoolException(String message) {
    super(message);
  }

  /** With what to tell, and what brought it about. */
  public SpoolException(String message, Throwable cause) {
    super(message, cause);
  }
}
