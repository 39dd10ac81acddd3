package io.stanzahook.stanza;

/** What the sender of a failed stanza may do (RFC 6120, 8.3.2). */
public enum ErrorType {
  /** Retry after providing credentials. */
  AUTH("auth"),
  /** Do not retry. */
  CANCEL("cancel"),
  /** Retry after changing what was sent. */
  MODIFY("modify"),
  /** Retry after waiting. */
  WAIT("wait");

  private final String value;

  ErrorType(String value) {
    this.value = value;
  }

  /** The attribute's value on the stream. */
  public String value() {
    return value;
  }
}
