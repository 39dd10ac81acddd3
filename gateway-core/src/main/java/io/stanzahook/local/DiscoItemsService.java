package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;

/** Lists no items (XEP-0030, 4): the component has no list of its addresses. */
final class DiscoItemsService implements IqGetService {
  private static final XmlElement NONE = XmlElement.empty(Namespaces.DISCO_ITEMS, "query");

  @Override
  public String namespace() {
    return Namespaces.DISCO_ITEMS;
  }

  @Override
  public String name() {
    return "query";
  }

  @Override
  public OutboundStanza answerGet(Iq get) {
    return DiscoQuery.answer(get, namespace(), NONE, "");
  }
}
