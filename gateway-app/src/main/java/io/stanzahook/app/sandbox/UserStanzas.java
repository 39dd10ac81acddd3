package io.stanzahook.app.sandbox;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.util.function.Supplier;

/**
 * What users of the sandbox send to its bot, as their clients would write it.
 *
 * @param bot who gets it
 * @param ids gives the id of a stanza that has none
 */
record UserStanzas(Jid bot, Supplier<String> ids) {
  /** XEP-0333. */
  static final String CHAT_MARKERS = "urn:xmpp:chat-markers:0";

  /** A message. */
  XmlElement.Builder message(Jid from, String type, String id) {
    return OutboundStanza.builder(StanzaKind.MESSAGE, bot, from)
        .attribute("type", type)
        .attribute("id", id);
  }

  /** A text, from one whose client speaks chat states (XEP-0085). */
  XmlElement.Builder text(Jid from, String text) {
    return message(from, "chat", ids.get())
        .textChild(Namespaces.COMPONENT, "body", text)
        .child(XmlElement.empty(Namespaces.CHAT_STATES, "active"));
  }

  /** The user types. */
  OutboundStanza typing(Jid from, String id) {
    return OutboundStanza.of(
        message(from, "chat", id)
            .child(XmlElement.empty(Namespaces.CHAT_STATES, "composing"))
            .build());
  }

  /** The user has read a message. */
  XmlElement.Builder read(Jid from, String message, String id) {
    return message(from, "chat", id)
        .child(XmlElement.builder(CHAT_MARKERS, "displayed").attribute("id", message).build());
  }

  /**
   * A stanza that the user wrote as XML. Missing addresses and a missing id are filled in.
   *
   * @throws XmlException if it is not XML
   * @throws IllegalArgumentException if it is not a stanza
   */
  OutboundStanza whole(Jid user, String xml) throws XmlException {
    XmlElement given = ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.OUTBOUND));
    String to = given.attribute("to");
    String from = given.attribute("from");
    String id = given.attribute("id");
    return OutboundStanza.of(
        given.toBuilder()
            .attribute("to", to == null ? bot.toString() : to)
            .attribute("from", from == null ? user.toString() : from)
            .attribute("id", id == null ? ids.get() : id)
            .build());
  }
}
