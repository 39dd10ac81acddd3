package io.stanzahook.local;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers iq requests that do not meet RFC 6120 (8.2.3), so that later services and webhooks need
 * not expect them. A request without an id gets an answer without one.
 */
final class MalformedIqService implements LocalService {
  private static final StanzaError ERROR =
      ErrorCondition.BAD_REQUEST.error(
          "An iq request needs the type get or set, an id and exactly one child element.");

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    if (!(stanza instanceof Iq iq) || !iq.isRequest() || iq.isWellFormedRequest()) {
      return null;
    }
    OutboundStanza error = OutboundStanza.error(iq, ERROR);
    return error == null ? List.of() : List.of(error);
  }
}
