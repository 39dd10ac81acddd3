package io.stanzahook.local;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;

/**
 * Delivery receipts (XEP-0184): for a message of one person to another that asks for one, and that
 * is no receipt itself (5.6).
 */
public final class Receipts {
  private static final String REQUEST = "request";
  private static final String RECEIVED = "received";

  private Receipts() {}

  /** Whether the sender is to be told that the message was taken. */
  public static boolean areDueFor(Stanza stanza) {
    return stanza instanceof Message message
        && message.id() != null
        && OwnMessage.mayAnswer(message)
        && message.hasPayload(Namespaces.RECEIPTS, REQUEST)
        && !message.hasPayload(Namespaces.RECEIPTS, RECEIVED);
  }

  /** The replies with the receipt before them, unless they bring one themselves. */
  public static List<OutboundStanza> before(List<OutboundStanza> replies, Stanza stanza) {
    String id = stanza.id();
    for (int i = 0; i < replies.size(); i++) {
      XmlElement given = replies.get(i).element().child(Namespaces.RECEIPTS, RECEIVED);
      if (given != null && String.valueOf(id).equals(given.attribute("id"))) {
        return replies;
      }
    }
    List<OutboundStanza> all = new ArrayList<>(replies.size() + 1);
    all.add(
        OutboundStanza.of(
            OwnMessage.to((Message) stanza)
                .child(
                    XmlElement.builder(Namespaces.RECEIPTS, RECEIVED).attribute("id", id).build())
                .build()));
    all.addAll(replies);
    return all;
  }
}
