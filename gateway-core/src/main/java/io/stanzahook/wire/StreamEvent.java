package io.stanzahook.wire;

import io.stanzahook.stanza.Stanza;
import org.jspecify.annotations.Nullable;

/** What arrives on a component stream, in order. */
public sealed interface StreamEvent {

  /**
   * The peer's start tag (RFC 6120, 4.7; XEP-0114, 3).
   *
   * @param id the stream's id, for the handshake; null or empty where the server refuses
   */
  record Opened(
      @Nullable String id, @Nullable String from, @Nullable String to, @Nullable String lang)
      implements StreamEvent {}

  /** A handshake element: the server's acknowledgement, or the component's digest. */
  record Handshake(String text) implements StreamEvent {}

  /** A stanza that was read. */
  record Received(Stanza stanza) implements StreamEvent {}

  /**
   * A stanza that was not read; the stream continues.
   *
   * @param reason why
   * @param limit the value of the exceeded limit; 0 if the reason is not a limit
   * @param shell its addresses, id and type, without content; null if it is not a stanza or has no
   *     usable sender
   */
  record Refused(Refusal reason, int limit, @Nullable Stanza shell) implements StreamEvent {
    /** What is wrong with the stanza, fit for its sender: one sentence with the limit's value. */
    public String sentence() {
      return reason.sentence(limit);
    }
  }

  /** A top-level element that means nothing here. */
  record Ignored(String namespace, String name) implements StreamEvent {}

  /**
   * The peer's stream error, after which it closes (RFC 6120, 4.9).
   *
   * @param name the condition's element name as sent
   * @param text the peer's explanation, or null
   */
  record Failed(StreamCondition condition, String name, @Nullable String text)
      implements StreamEvent {}

  /** The peer's end tag. */
  record Closed() implements StreamEvent {}

  /** The peer broke the rules of XML streams: the last event, since no more can be read. */
  record Violated(StreamCondition condition, String message) implements StreamEvent {}
}
