package io.stanzahook.stanza;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message (RFC 6121, 5).
 *
 * @param body the text of {@code <body>}: the one in the stanza's language or without a language,
 *     or else the first; null if there is none, the empty string for an empty one
 * @param subject the text of {@code <subject>}, chosen likewise
 * @param thread the text of {@code <thread>}
 * @param replace the id of the message that this one corrects (XEP-0308, 4), or null
 * @param room where it was said, if it was in a room that we are in; otherwise null
 */
public record Message(
    StanzaHeader header,
    @Nullable String body,
    @Nullable String subject,
    @Nullable String thread,
    @Nullable String replace,
    List<PayloadName> payloads,
    StanzaXml xml,
    @Nullable RoomPlace room)
    implements Stanza {

  public Message {
    payloads = List.copyOf(payloads);
  }

  /** A message that corrects no other, and comes from no known room. */
  public Message(
      StanzaHeader header,
      @Nullable String body,
      @Nullable String subject,
      @Nullable String thread,
      List<PayloadName> payloads,
      StanzaXml xml) {
    this(header, body, subject, thread, null, payloads, xml, null);
  }

  /** The same message, said in that place. */
  public Message in(RoomPlace place) {
    return new Message(header, body, subject, thread, replace, payloads, xml, place);
  }

  @Override
  public StanzaKind kind() {
    return StanzaKind.MESSAGE;
  }

  /** Whether it came through a chat room (RFC 6121, 5.2.2). */
  public boolean isGroupchat() {
    return "groupchat".equals(type());
  }
}
