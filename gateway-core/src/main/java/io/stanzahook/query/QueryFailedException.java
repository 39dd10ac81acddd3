package io.stanzahook.query;

/** An iq that gets no answer; the message is for the person who asked. */
public final class QueryFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why there is no answer. */
  public enum Reason {
    /** As many wait as may: this one was not sent. */
    TOO_MANY,
    /** Nobody answered in time. */
    TIMEOUT,
    /** The stream was lost while waiting: it may have been sent, and been done. */
    STREAM_LOST,
    /** What was found is more than is kept of one answer. */
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
