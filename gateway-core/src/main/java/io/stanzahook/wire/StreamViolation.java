package io.stanzahook.wire;

/**
 * The peer sent something that is not allowed on a stream, and the stream ends with this condition
 * (RFC 6120, 4.9). The message says what was found, never what the stanza contained.
 */
final class StreamViolation extends Exception {
  private static final long serialVersionUID = 1L;
  private final StreamCondition condition;

  StreamViolation(StreamCondition condition, String message) {
    super(message, null, false, false);
    this.condition = condition;
  }

  /** What to tell the peer. */
  StreamCondition condition() {
    return condition;
  }
}
