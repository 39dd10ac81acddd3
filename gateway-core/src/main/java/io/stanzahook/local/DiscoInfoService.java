package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import java.util.List;

/**
 * Says what the component and its addresses are and can do (XEP-0030, 3): the domain is a generic
 * component, every address under it a bot.
 */
final class DiscoInfoService implements IqGetService {
  private final XmlElement domain;
  private final XmlElement bot;

  /**
   * Builds the answers.
   *
   * @param name the identities' name
   * @param services the other services, whose features are announced besides this one's
   */
  DiscoInfoService(String name, List<IqGetService> services) {
    domain = info("component", "generic", name, services);
    bot = info("client", "bot", name, services);
  }

  private static XmlElement info(
      String category, String type, String name, List<IqGetService> services) {
    XmlElement.Builder info =
        XmlElement.builder(Namespaces.DISCO_INFO, "query")
            .child(
                XmlElement.builder(Namespaces.DISCO_INFO, "identity")
                    .attribute("category", category)
                    .attribute("type", type)
                    .attribute("name", name)
                    .build())
            .child(feature(Namespaces.DISCO_INFO));
    services.forEach(service -> info.child(feature(service.namespace())));
    return info.build();
  }

  private static XmlElement feature(String namespace) {
    return XmlElement.builder(Namespaces.DISCO_INFO, "feature").attribute("var", namespace).build();
  }

  @Override
  public String namespace() {
    return Namespaces.DISCO_INFO;
  }

  @Override
  public String name() {
    return "query";
  }

  @Override
  public OutboundStanza answerGet(Iq get) {
    return DiscoQuery.answer(get, namespace(), get.to().isDomain() ? domain : bot);
  }
}
