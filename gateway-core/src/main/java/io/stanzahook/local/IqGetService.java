package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers the well-formed iq gets of one payload; leaves everything else alone. */
interface IqGetService extends LocalService {
  /** The payload's namespace, which is also its feature in service discovery. */
  String namespace();

  /** The payload's element name. */
  String name();

  /** The one answer to such a get. */
  OutboundStanza answerGet(Iq get);

  @Override
  default @Nullable List<OutboundStanza> answer(Stanza stanza) {
    return stanza instanceof Iq iq
            && iq.isWellFormedRequest()
            && "get".equals(iq.type())
            && iq.hasPayload(namespace(), name())
        ? List.of(answerGet(iq))
        : null;
  }
}
