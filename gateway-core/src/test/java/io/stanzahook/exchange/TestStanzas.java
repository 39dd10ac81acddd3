package io.stanzahook.exchange;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stanzas as {@code wire} would hand them over, for a component {@value #DOMAIN}. */
public final class TestStanzas {
  public static final String DOMAIN = "gw.example";
  public static final Jid BOT = Jid.of("bot@gw.example");
  public static final Jid ALICE = Jid.of("alice@example.org/phone");
  public static final Jid OCCUPANT = Jid.of("room@conference.example.org/Alice");

  private TestStanzas() {}

  /** A chat message to the bot. */
  public static Message chat(String body) {
    return message(ALICE, BOT, "m1", "chat", body);
  }

  /** A message in a chat room that the bot is in. */
  public static Message groupchat(String body) {
    return message(OCCUPANT, BOT, "g1", "groupchat", body);
  }

  public static Message message(
      Jid from, Jid to, @Nullable String id, @Nullable String type, @Nullable String body) {
    return message(from, to, id, type, null, null, null, body);
  }

  public static Message message(
      Jid from,
      Jid to,
      @Nullable String id,
      @Nullable String type,
      @Nullable String lang,
      @Nullable String thread,
      @Nullable String subject,
      @Nullable String body) {
    XmlElement xml =
        root("message", from, to, id, type)
            .attribute(XmlElement.XML_NAMESPACE, "lang", lang)
            .textChild(Namespaces.COMPONENT, "thread", thread)
            .textChild(Namespaces.COMPONENT, "subject", subject)
            .textChild(Namespaces.COMPONENT, "body", body)
            .build();
    return new Message(
        new StanzaHeader(to, from, id, type, lang), body, subject, thread, List.of(), text(xml));
  }

  public static Presence presence(@Nullable String type) {
    return new Presence(
        new StanzaHeader(BOT, ALICE, "p1", type, null),
        List.of(),
        text(root("presence", ALICE, BOT, "p1", type).build()));
  }

  /** An iq with one payload. */
  public static Iq iq(String type) {
    XmlElement xml =
        root("iq", ALICE, BOT, "q1", type)
            .child(XmlElement.empty("jabber:iq:time", "query"))
            .build();
    return new Iq(
        new StanzaHeader(BOT, ALICE, "q1", type, null),
        1,
        List.of(new PayloadName("jabber:iq:time", "query")),
        text(xml));
  }

  private static XmlElement.Builder root(
      String name, Jid from, Jid to, @Nullable String id, @Nullable String type) {
    return XmlElement.builder(Namespaces.COMPONENT, name)
        .attribute("from", from.toString())
        .attribute("to", to.toString())
        .attribute("id", id)
        .attribute("type", type);
  }

  private static StanzaXml text(XmlElement element) {
    StringBuilder out = new StringBuilder();
    XmlWriter.write(element, Namespaces.COMPONENT, out);
    return StanzaXml.of(out.toString());
  }
}
