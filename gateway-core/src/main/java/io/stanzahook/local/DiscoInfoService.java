package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import java.util.stream.Stream;

/**
 * Answers what the component and its addresses are and support (XEP-0030, 3): the domain is a
 * generic component, every address under it a bot.
 */
final class DiscoInfoService implements IqGetService {
  private final XmlElement domain;
  private final XmlElement bot;
  private final Capabilities botCapabilities;

  /**
   * Builds the answers.
   *
   * @param name the identities' name
   * @param services the other services, whose features are announced besides this one's
   * @param further features that are served elsewhere
   */
  DiscoInfoService(String name, List<IqGetService> services, List<String> further) {
    List<String> features =
        Stream.of(
                Stream.of(Namespaces.DISCO_INFO),
                services.stream().map(IqGetService::namespace),
                further.stream())
            .flatMap(each -> each)
            .toList();
    domain = info("component", "generic", name, features);
    bot = info("client", "bot", name, features);
    botCapabilities = new Capabilities("client/bot//" + name, features);
  }

  /** What the presence of an address under the domain says about it. */
  Capabilities botCapabilities() {
    return botCapabilities;
  }

  private static XmlElement info(String category, String type, String name, List<String> features) {
    XmlElement.Builder info =
        XmlElement.builder(Namespaces.DISCO_INFO, "query")
            .child(
                XmlElement.builder(Namespaces.DISCO_INFO, "identity")
                    .attribute("category", category)
                    .attribute("type", type)
                    .attribute("name", name)
                    .build());
    features.forEach(feature -> info.child(feature(feature)));
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
    return get.to().isDomain()
        ? DiscoQuery.answer(get, namespace(), domain, "")
        : DiscoQuery.answer(get, namespace(), bot, botCapabilities.node());
  }
}
