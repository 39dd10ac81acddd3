package io.stanzahook.stanza;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An iq (RFC 6120, 8.2.3).
 *
 * @param children how many child elements it has, of any namespace
 * @param command the command of ours that it executes; null if it does not, or if the gateway
 *     answers it
 */
public record Iq(
    StanzaHeader header,
    int children,
    List<PayloadName> payloads,
    StanzaXml xml,
    @Nullable CommandCall command)
    implements Stanza {

  /** An iq that executes no command. */
  public Iq(StanzaHeader header, int children, List<PayloadName> payloads, StanzaXml xml) {
    this(header, children, payloads, xml, null);
  }

  /** The same iq, executing that command. */
  public Iq with(CommandCall call) {
    return new Iq(header, children, payloads, xml, call);
  }

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
