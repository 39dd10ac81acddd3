package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.util.Map;
import java.util.Set;

/**
 * Distinguishes stanzas that ask for something from those that only inform. A stanza that asks may
 * be answered with an error. Somebody who only typed, read or went away waits for no answer, and
 * errors for these would be noise.
 *
 * <p>An iq asks unless it is an answer itself (RFC 6120, 8.2.3). A presence asks if it wants a
 * subscription (RFC 6121, 3.1), a presence in return (4.3), or to enter a room (XEP-0045, 7.2). A
 * message asks if it has a body, a subject, or a payload that is not a known notification. A
 * message from a room and a headline never ask (RFC 6121, 5.2.2). A stanza that was skipped unread
 * is judged by its type.
 */
final class Asking {
  private static final String INVITE = "invite";

  /**
   * Namespaces of payloads that only inform, or say how to handle a message, whatever their name.
   */
  private static final Set<String> TELLING =
      Set.of(
          Namespaces.CHAT_STATES,
          Namespaces.RECEIPTS,
          Delay.NAMESPACE,
          "jabber:x:delay",
          "jabber:x:event", // XEP-0022, what chat states were before
          "urn:xmpp:chat-markers:0", // XEP-0333
          "urn:xmpp:hints", // XEP-0334
          "urn:xmpp:reactions:0", // XEP-0444
          "urn:xmpp:message-retract:0", // XEP-0424
          "urn:xmpp:message-retract:1",
          "urn:xmpp:message-moderate:0", // XEP-0425
          "urn:xmpp:message-moderate:1",
          "urn:xmpp:fasten:0", // XEP-0422, what the two were in before
          "urn:xmpp:message-correct:0", // XEP-0308
          "urn:xmpp:reply:0", // XEP-0461
          "urn:xmpp:fallback:0", // XEP-0428
          "urn:xmpp:sid:0", // XEP-0359
          "urn:xmpp:occupant-id:0", // XEP-0421
          "urn:xmpp:mds:displayed:0", // XEP-0490
          "http://jabber.org/protocol/nick", // XEP-0172
          "http://jabber.org/protocol/address", // XEP-0033
          "http://jabber.org/protocol/shim", // XEP-0131
          "http://jabber.org/protocol/pubsub#event"); // XEP-0060, 7.1.2

  /**
   * Payloads that only inform, although their namespace has others that ask: for calls (XEP-0353),
   * all but the first.
   */
  private static final Map<String, Set<String>> TELLING_NAMES =
      Map.of(
          "urn:xmpp:jingle-message:0",
          Set.of("ringing", "proceed", "accept", "reject", "retract", "finish"));

  private Asking() {}

  static boolean asks(Stanza stanza) {
    if (stanza.isError()) {
      return false;
    }
    if (stanza instanceof Iq iq) {
      return iq.isRequest();
    }
    return stanza instanceof Message message ? asks(message) : asks((Presence) stanza);
  }

  private static boolean asks(Presence presence) {
    String type = presence.type();
    return type == null
        ? presence.hasPayload(Namespaces.MUC, "x")
        : type.equals("subscribe") || type.equals("probe");
  }

  private static boolean asks(Message message) {
    if (message.isGroupchat() || "headline".equals(message.type())) {
      return false;
    }
    String subject = message.subject();
    boolean unread = message.xml().length() == 0;
    if (message.body() != null || (subject != null && !subject.isEmpty()) || unread) {
      return true;
    }
    for (PayloadName payload : message.payloads()) {
      if (asks(payload, message)) {
        return true;
      }
    }
    return false;
  }

  private static boolean asks(PayloadName payload, Message message) {
    if (TELLING.contains(payload.namespace())) {
      return false;
    }
    if (payload.namespace().equals(Namespaces.MUC_USER)) {
      return invites(message);
    }
    Set<String> telling = TELLING_NAMES.get(payload.namespace());
    return telling == null || !telling.contains(payload.name());
  }

  /** Rooms use this namespace for much; only an invitation waits for somebody (XEP-0045, 7.8.2). */
  private static boolean invites(Message message) {
    try {
      XmlElement said = message.xml().parse(XmlLimits.INBOUND).child(Namespaces.MUC_USER, "x");
      return said != null && said.child(Namespaces.MUC_USER, INVITE) != null;
    } catch (XmlException e) {
      // Past limits that were set higher: nobody knows.
      return true;
    }
  }
}
