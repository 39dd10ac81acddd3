package io.stanzahook.stanza;

import java.util.List;

/** A presence (RFC 6121, 3 and 4). */
public record Presence(StanzaHeader header, List<PayloadName> payloads, StanzaXml xml)
    implements Stanza {

  public Presence {
    payloads = List.copyOf(payloads);
  }

  @Override
  public StanzaKind kind() {
    return StanzaKind.PRESENCE;
  }
}
