package io.stanzahook.app.http;

import io.stanzahook.Gateway;
import io.stanzahook.stanza.Jid;
import java.text.Normalizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The component that a request is about: the one in its parameter {@code component}, or the only
 * one.
 */
public final class RequestedComponent {
  /** The parameter. */
  public static final String PARAMETER = "component";

  private final Gateways gateways;

  public RequestedComponent(Gateways gateways) {
    this.gateways = gateways;
  }

  /** The component as the request writes it; null if it names none. */
  public static @Nullable String named(Request request) throws ApiException {
    return request.first(PARAMETER);
  }

  /** The domain that was written, in upper or lower case; null if it is not one of them. */
  public static @Nullable String find(List<String> domains, String written) {
    Jid jid = Jid.parse(Normalizer.normalize(written, Normalizer.Form.NFC));
    return jid == null ? null : domains.stream().filter(jid::hasDomain).findFirst().orElse(null);
  }

  /** Whether the request must name a component, and does not. */
  public boolean isOpen(Request request) throws ApiException {
    return gateways.domains().size() > 1 && named(request) == null;
  }

  /**
   * The domain that was written, in upper or lower case.
   *
   * @throws ApiException if it is not one of them
   */
  public static String domain(List<String> domains, String written) throws ApiException {
    String domain = find(domains, written);
    if (domain == null) {
      throw ApiException.notFound(
          "there is no such component; there are " + String.join(", ", domains));
    }
    return domain;
  }

  /** The domain that the request is about; null if there are no components yet. */
  public @Nullable String domain(Request request) throws ApiException {
    List<String> domains = gateways.domains();
    String named = named(request);
    if (named == null && domains.size() > 1) {
      throw ApiException.unreadable(
          "name the component: ?component= and one of " + String.join(", ", domains));
    }
    return domains.isEmpty() ? null : named == null ? domains.get(0) : domain(domains, named);
  }

  /**
   * The gateway that the request is about.
   *
   * @throws ApiException if there is none, or it does not run
   */
  public Gateway of(Request request) throws ApiException {
    String domain = domain(request);
    Gateway gateway = domain == null ? null : gateways.find(domain);
    if (gateway == null) {
      throw ApiException.busy(
          domain == null
              ? "the gateway is still starting"
              : domain + " does not run now: it is starting, or was refused; see the log");
    }
    return gateway;
  }
}
