package io.stanzahook.stanza;

import java.util.List;

/**
 * An iq (RFC 6120, 8.2.3).
 *
 * @param children how many child elements it has, of any namespace
 */
public record Iq(StanzaHeader header, int children, List<PayloadName> payloads, StanzaXml xml)
    implements Stanza {

  public Iq {
    payloads = List.copyOf(payloads);
  }

  @Override
  public StanzaKind kind() {
    return StanzaKind.IQ;
  }

  /**
   * Whether it needs an answer. An iq with an unknown or missing type needs one too (an error), so
   * that no sender waits for ever. Results and errors never need one (RFC 6120, 8.2.3).
   */
  public boolean isRequest() {
    return !"result".equals(type()) && !"error".equals(type());
  }

  /** Whether it is a request as the RFC requires: type get or set, an id, and exactly one child. */
  public boolean isWellFormedRequest() {
    return ("get".equals(type()) || "set".equals(type())) && id() != null && children == 1;
  }
}
