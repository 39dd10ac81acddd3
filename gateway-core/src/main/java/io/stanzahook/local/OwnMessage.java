package io.stanzahook.local;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.concurrent.ThreadLocalRandom;

/** What the gateway itself says to the sender of a message. */
final class OwnMessage {
  private static final String CHAT = "chat";
  private static final String NORMAL = "normal";

  private OwnMessage() {}

  /**
   * Whether the message is one from person to person: neither from a room, nor a headline, which
   * expects no answer, nor an error (RFC 6121, 5.2.2).
   */
  static boolean mayAnswer(Message message) {
    String type = message.type();
    return type == null
        || switch (type) {
          case "groupchat", "headline", "error" -> false;
          default -> true;
        };
  }

  /** Starts one: back to the sender, of the same type, with an id of its own. */
  static XmlElement.Builder to(Message message) {
    String type = message.type();
    return OutboundStanza.builder(StanzaKind.MESSAGE, message.from(), message.to())
        // An unknown type counts as normal, and is not repeated.
        .attribute("type", CHAT.equals(type) || NORMAL.equals(type) ? type : null)
        .attribute("id", Long.toHexString(ThreadLocalRandom.current().nextLong()));
  }
}
