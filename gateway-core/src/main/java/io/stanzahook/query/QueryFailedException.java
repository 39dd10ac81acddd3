package io.stanzahook.query;

/** An iq got no answer. The message is for the person who asked. */
public final class QueryFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why there is no answer. */
  public enum Reason {
    /** Too many iqs are waiting: this one was not sent. */
    TOO_MANY,
    /** Nobody answered in time. */
    TIMEOUT,
    /** The stream was lost while waiting. The iq may have been sent and processed. */
    STREAM_LOST,
    /** The archive found more than the limit of one answer. */
    TOO_LARGE
  }

  private final Reason reason;

  QueryFailedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
