package io.stanzahook.stanza;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stanza as it came from the server. It owns everything that it refers to: no buffer of the
 * connection outlives its decoding.
 */
public sealed interface Stanza permits Message, Presence, Iq {

  /** The common attributes. */
  StanzaHeader header();

  /** The direct children outside the content namespace, in order. */
  List<PayloadName> payloads();

  /** The whole stanza. */
  StanzaXml xml();

  /** Message, presence or iq. */
  StanzaKind kind();

  default Jid to() {
    return header().to();
  }

  default Jid from() {
    return header().from();
  }

  default @Nullable String id() {
    return header().id();
  }

  default @Nullable String type() {
    return header().type();
  }

  default @Nullable String lang() {
    return header().lang();
  }

  /** Whether its type is {@code error}: such a stanza is never answered (RFC 6120, 8.3.1). */
  default boolean isError() {
    return "error".equals(type());
  }

  /**
   * Whether its sender waits for something, and should learn of a failure. A stanza that only
   * informs (a chat state, a receipt, {@code unavailable}), or that came from a room, asks for
   * nothing. This may read the XML, so call it only when an error is about to leave.
   */
  default boolean asks() {
    return Asking.asks(this);
  }

  /** Whether it has a direct child of that expanded name. */
  default boolean hasPayload(String namespace, String name) {
    for (PayloadName payload : payloads()) {
      if (payload.name().equals(name) && payload.namespace().equals(namespace)) {
        return true;
      }
    }
    return false;
  }
}
