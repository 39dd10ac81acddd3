package io.stanzahook.rooms;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.StanzaError;
import org.jspecify.annotations.Nullable;

/** A message did not reach its room. The text is for the person who sent it. */
public final class RoomFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why it did not. */
  public enum Reason {
    /** The room, its server or the gateway refused: {@link #error} says why. */
    REFUSED,
    /** The room removed us, twice: the message was not delivered. */
    PUT_OUT,
    /** The room does not answer: the message may have been delivered, if we were in the room. */
    TIMEOUT,
    /** The stream was lost: the message may have been delivered, if we were in the room. */
    STREAM_LOST,
    /** There are too many rooms or waiting messages: this one was not sent. */
    TOO_MANY
  }

  private final Reason reason;
  private final transient @Nullable StanzaError error;

  RoomFailedException(Reason reason, String message) {
    this(reason, null, message);
  }

  private RoomFailedException(Reason reason, @Nullable StanzaError error, String message) {
    super(message, null, false, false);
    this.reason = reason;
    this.error = error;
  }

  /** What a room answered. */
  static RoomFailedException refused(String what, StanzaError error) {
    return answered(Reason.REFUSED, what, error);
  }

  /** A component with several streams cannot be in rooms: what they say comes on any of them. */
  public static RoomFailedException severalStreams(String domain) {
    String text =
        domain
            + " has several streams, and a component with several streams cannot be in chat rooms: use a component"
            + " with one stream for rooms";
    return new RoomFailedException(
        Reason.REFUSED, ErrorCondition.FEATURE_NOT_IMPLEMENTED.error(text), text);
  }

  /** What a room answered to somebody who is not there. */
  static RoomFailedException putOut(String what) {
    return answered(
        Reason.PUT_OUT, what, ErrorCondition.NOT_ACCEPTABLE.error("not in the room (any more)"));
  }

  private static RoomFailedException answered(Reason reason, String what, StanzaError error) {
    String text = error.text();
    return new RoomFailedException(
        reason,
        error,
        what + ": " + error.condition().elementName() + (text.isEmpty() ? "" : ", " + text));
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** What the room answered, or the gateway in its place; null if there is none. */
  public @Nullable StanzaError error() {
    return error;
  }
}
