package io.stanzahook.stanza;

/** Namespace names of the component protocol and of what the gateway itself speaks. */
public final class Namespaces {
  private Namespaces() {}

  /** Content namespace of a component stream (XEP-0114): that of every stanza on it. */
  public static final String COMPONENT = "jabber:component:accept";

  /** Content namespace of client streams; servers relay it and webhooks write it. */
  public static final String CLIENT = "jabber:client";

  /** The stream element and its errors (RFC 6120, 4.8.1). */
  public static final String STREAM = "http://etherx.jabber.org/streams";

  /** Conditions of stream errors (RFC 6120, 4.9.2). */
  public static final String STREAM_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams";

  /** Conditions of stanza errors (RFC 6120, 8.3.2). */
  public static final String STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

  public static final String DISCO_INFO = "http://jabber.org/protocol/disco#info";
  public static final String DISCO_ITEMS = "http://jabber.org/protocol/disco#items";
  public static final String PING = "urn:xmpp:ping";
  public static final String VERSION = "jabber:iq:version";
  public static final String TIME = "urn:xmpp:time";
  public static final String LAST = "jabber:iq:last";
  public static final String CAPS = "http://jabber.org/protocol/caps";

  /** Delivery receipts (XEP-0184). */
  public static final String RECEIPTS = "urn:xmpp:receipts";

  /** Chat states (XEP-0085). */
  public static final String CHAT_STATES = "http://jabber.org/protocol/chatstates";

  /** Correction of the last message (XEP-0308). */
  public static final String CORRECT = "urn:xmpp:message-correct:0";

  public static final String MUC = "http://jabber.org/protocol/muc";
  public static final String MUC_USER = "http://jabber.org/protocol/muc#user";
}
