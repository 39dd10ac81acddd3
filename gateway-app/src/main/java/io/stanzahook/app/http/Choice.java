package io.stanzahook.app.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.stanzahook.Gateway;
import io.stanzahook.stanza.Jid;
import java.text.Normalizer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/** Which component a request is about: that of its parameter {@code component}, or the only one. */
final class Choice {
  /** The parameter. */
  static final String PARAMETER = "component";

  private final Gateways gateways;

  Choice(Gateways gateways) {
    this.gateways = gateways;
  }

  /**
   * What was found.
   *
   * @param gateway null where there is none
   * @param refusal why not, else null
   */
  record Chosen(@Nullable Gateway gateway, @Nullable Reply refusal) {}

  /** What a request names, as it is written; null where it names none. */
  static @Nullable String named(HttpServerRequest request) {
    try {
      List<String> values = new QueryStringDecoder(request.uri()).parameters().get(PARAMETER);
      return values == null ? null : values.get(0);
    } catch (IllegalArgumentException e) {
      // Who reads the other parameters says so.
      return null;
    }
  }

  /** The one of the domains that somebody wrote, in whatever case; null where it is none. */
  static @Nullable String find(List<String> domains, String written) {
    Jid jid = Jid.parse(Normalizer.normalize(written, Normalizer.Form.NFC));
    return jid == null ? null : domains.stream().filter(jid::hasDomain).findFirst().orElse(null);
  }

  /** Whether the request has to name one, and does not. */
  boolean isOpen(HttpServerRequest request) {
    return gateways.domains().size() > 1 && named(request) == null;
  }

  /** The one that the request is about. */
  Chosen of(HttpServerRequest request) {
    List<String> domains = gateways.domains();
    String named = named(request);
    if (named == null && domains.size() > 1) {
      return refused(400, "say which component is meant: ?component= and one of " + list(domains));
    }
    String domain =
        named != null ? find(domains, named) : domains.isEmpty() ? null : domains.get(0);
    if (domain == null && !domains.isEmpty()) {
      return refused(404, "there is no such component; there are " + list(domains));
    }
    Gateway gateway = domain == null ? null : gateways.find(domain);
    return gateway == null
        ? refused(
            503,
            domain == null
                ? "the gateway is still starting"
                : domain + " does not run now: it is starting, or was refused; see the log")
        : new Chosen(gateway, null);
  }

  private static Chosen refused(int status, String why) {
    return new Chosen(null, Reply.error(status, why));
  }

  private static String list(List<String> domains) {
    return String.join(", ", domains);
  }
}
