package io.stanzahook.local;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers stanzas without the webhook. */
public interface LocalService {
  /**
   * The answers to a stanza, in the order to send them; an empty list to meet it with silence; null
   * where the stanza is none of this service's business.
   */
  @Nullable List<OutboundStanza> answer(Stanza stanza);
}
