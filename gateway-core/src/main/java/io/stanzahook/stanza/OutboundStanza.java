package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;

/**
 * A stanza to be written to the stream, checked: its element is message, presence or iq in {@link
 * Namespaces#COMPONENT}, and has both addresses.
 *
 * @param element the whole stanza
 */
public record OutboundStanza(StanzaKind kind, Jid to, Jid from, XmlElement element) {

  /**
   * Checks an element.
   *
   * @throws IllegalArgumentException naming what is wrong: not a stanza, or an address missing or
   *     malformed
   */
  public static OutboundStanza of(XmlElement element) {
    StanzaKind kind =
        element.namespace().equals(Namespaces.COMPONENT)
            ? StanzaKind.ofElement(element.name())
            : null;
    if (kind == null) {
      throw new IllegalArgumentException(
          "<%s xmlns='%s'> is not a message, presence or iq"
              .formatted(element.name(), element.namespace()));
    }
    return new OutboundStanza(kind, address(element, "to"), address(element, "from"), element);
  }

  /** Starts a stanza of that kind between those addresses. */
  public static XmlElement.Builder builder(StanzaKind kind, Jid to, Jid from) {
    return XmlElement.builder(Namespaces.COMPONENT, kind.elementName())
        .attribute("to", to.toString())
        .attribute("from", from.toString());
  }

  /**
   * Starts the answer to a stanza: addresses swapped, same id.
   *
   * @param type the answer's type attribute, or null for none
   */
  public static XmlElement.Builder answer(Stanza stanza, @Nullable String type) {
    return builder(stanza.kind(), stanza.from(), stanza.to())
        .attribute("type", type)
        .attribute("id", stanza.id());
  }

  /** The empty or filled result of an iq request. */
  public static OutboundStanza result(Iq request, @Nullable XmlElement payload) {
    return of(answer(request, "result").child(payload).build());
  }

  /**
   * The error answer to a stanza, or null if RFC 6120 (8.3.1) and custom forbid one, because the
   * stanza {@linkplain Stanza#asks asks} for nothing. That is an error, an iq result, a groupchat
   * message (rooms expel occupants that send errors), and every stanza that only informs. If
   * another occupant of a room sent the stanza through the room (XEP-0045, 7.5), the condition is
   * one that lets us stay there, see {@link OccupantErrors}.
   */
  public static @Nullable OutboundStanza error(Stanza stanza, StanzaError error) {
    if (!stanza.asks()) {
      return null;
    }
    StanzaError told =
        stanza.hasPayload(Namespaces.MUC_USER, "x")
            ? OccupantErrors.harmless(stanza.kind(), error)
            : error;
    return of(answer(stanza, "error").child(told.toElement()).build());
  }

  /** The id attribute, or null. */
  public @Nullable String id() {
    return element.attribute("id");
  }

  /** The type attribute, or null. */
  public @Nullable String type() {
    return element.attribute("type");
  }

  private static Jid address(XmlElement element, String name) {
    String value = element.attribute(name);
    Jid jid = Jid.parse(value);
    if (jid == null) {
      throw new IllegalArgumentException(
          value == null
              ? "<%s> has no '%s'".formatted(element.name(), name)
              : "<%s> has '%s', which is not a JID, as '%s'"
                  .formatted(element.name(), value, name));
    }
    return jid;
  }
}
