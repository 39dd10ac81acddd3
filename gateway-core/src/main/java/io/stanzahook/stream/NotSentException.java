package io.stanzahook.stream;

import java.time.Duration;

/** Stanzas that will not be sent: the stream was away for too long, or too many wait. */
public final class NotSentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private NotSentException(String message) {
    super(message, null, false, false);
  }

  static NotSentException full(String domain, int capacity) {
    return new NotSentException(domain + ": " + capacity + " stanzas wait to be sent already");
  }

  static NotSentException agedOut(String domain, Duration age) {
    return new NotSentException(
        domain + ": the stream was away for more than " + age.toSeconds() + " s");
  }

  /** Another process of the cluster holds the stream, or none does. */
  public static NotSentException elsewhere(String domain) {
    return new NotSentException(
        domain + ": this node does not hold the stream; send to the one that does");
  }

  static NotSentException ended(String domain) {
    return new NotSentException(domain + ": the stream has ended");
  }

  static NotSentException broken(String domain, Throwable error) {
    return new NotSentException(
        domain + ": the connection broke while sending: " + StreamEnd.describe(error));
  }
}
