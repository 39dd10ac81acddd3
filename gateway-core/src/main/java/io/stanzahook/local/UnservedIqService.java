package io.stanzahook.local;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last of the iq services: an error for every request that no other service answered (RFC 6120,
 * 8.2.3), and no answer to results and errors.
 */
final class UnservedIqService implements LocalService {
  private static final StanzaError ERROR =
      ErrorCondition.SERVICE_UNAVAILABLE.error("This request is not served here.");

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    if (!(stanza instanceof Iq iq)) {
      return null;
    }
    OutboundStanza error = OutboundStanza.error(iq, ERROR);
    return error == null ? List.of() : List.of(error);
  }
}
