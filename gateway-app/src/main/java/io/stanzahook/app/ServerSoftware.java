package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the server says that it is, asked through the component's stream. */
final class ServerSoftware {
  /** The longest answer that is shown. */
  private static final int MAX_LENGTH = 60;

  /** How long an answer may take: it is only good to know. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private ServerSoftware() {}

  /**
   * Its name and version (XEP-0092), or else the name of its identity (XEP-0030).
   *
   * @param domain the component's
   * @param server the domain above it
   * @param limit for each question, if it is shorter than the usual one
   * @return null where it does not say
   */
  static @Nullable String ask(Gateway gateway, String domain, String server, Duration limit) {
    Jid to = Jid.parse(server);
    if (to == null || !to.isDomain() || server.equals(domain)) {
      return null;
    }
    Duration wait = limit.compareTo(LIMIT) < 0 ? limit : LIMIT;
    Mono<String> version =
        asked(gateway, Jid.of(domain), to, Namespaces.VERSION, wait)
            .mapNotNull(ServerSoftware::version);
    Mono<String> identity =
        asked(gateway, Jid.of(domain), to, Namespaces.DISCO_INFO, wait)
            .mapNotNull(ServerSoftware::identity);
    // Both at once, but the version first: it says more.
    return Flux.mergeSequential(version, identity).next().block(wait.multipliedBy(4));
  }

  private static Mono<XmlElement> asked(
      Gateway gateway, Jid from, Jid to, String namespace, Duration limit) {
    OutboundStanza question =
        OutboundStanza.of(
            OutboundStanza.builder(StanzaKind.IQ, to, from)
                .attribute("type", "get")
                .child(XmlElement.empty(namespace, "query"))
                .build());
    return gateway
        .ask(question, limit)
        .timeout(limit, Mono.empty())
        .onErrorComplete()
        .mapNotNull(answers -> query(answers.get(answers.size() - 1), namespace));
  }

  private static @Nullable XmlElement query(Stanza answer, String namespace) {
    try {
      return answer.isError()
          ? null
          : answer.xml().parse(XmlLimits.INBOUND).child(namespace, "query");
    } catch (XmlException e) {
      return null;
    }
  }

  private static @Nullable String version(XmlElement query) {
    XmlElement name = query.child(Namespaces.VERSION, "name");
    XmlElement version = query.child(Namespaces.VERSION, "version");
    return name == null
        ? null
        : shown(name.text().strip() + (version == null ? "" : " " + version.text().strip()));
  }

  private static @Nullable String identity(XmlElement query) {
    for (XmlElement each : query.elements()) {
      if (each.name().equals("identity") && "server".equals(each.attribute("category"))) {
        return shown(each.attribute("name"));
      }
    }
    return null;
  }

  /** One line, without what a terminal would obey. */
  private static @Nullable String shown(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    String line = text.replaceAll("[^\\p{L}\\p{N}\\p{P}\\p{S} ]", "").strip();
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) : line;
  }
}
