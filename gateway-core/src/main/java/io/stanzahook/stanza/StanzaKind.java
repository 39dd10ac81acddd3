package io.stanzahook.stanza;

import org.jspecify.annotations.Nullable;

/** The three kinds of stanza (RFC 6120, 8.2). */
public enum StanzaKind {
  MESSAGE("message"),
  PRESENCE("presence"),
  IQ("iq");

  private final String elementName;

  StanzaKind(String elementName) {
    this.elementName = elementName;
  }

  /** The element's name on the stream, the value of {@code kind} in JSON and in metrics. */
  public String elementName() {
    return elementName;
  }

  /** The kind with this element name, or null if there is none. */
  public static @Nullable StanzaKind ofElement(String elementName) {
    return switch (elementName) {
      case "message" -> MESSAGE;
      case "presence" -> PRESENCE;
      case "iq" -> IQ;
      default -> null;
    };
  }
}
