package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;

/** Answers pings to any address of the component (XEP-0199). */
final class PingService implements IqGetService {
  @Override
  public String namespace() {
    return Namespaces.PING;
  }

  @Override
  public String name() {
    return "ping";
  }

  @Override
  public OutboundStanza answerGet(Iq get) {
    return OutboundStanza.result(get, null);
  }
}
