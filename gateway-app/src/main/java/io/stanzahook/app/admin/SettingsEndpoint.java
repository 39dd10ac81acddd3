package io.stanzahook.app.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Live;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
import io.stanzahook.app.http.Route;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * {@code GET /admin/settings}: the settings that may change while the gateway runs. {@code PATCH}
 * changes those it names (RFC 7396) at once, or none if one value is wrong. With several
 * components, {@code ?component=DOMAIN} chooses one; without it, {@code GET} shows the settings of
 * all.
 */
public final class SettingsEndpoint implements Route.Handler {
  /** The largest body, in bytes. */
  public static final int MAX_BODY = 4096;

  private static final Logger log = LoggerFactory.getLogger(SettingsEndpoint.class);

  private final Gateways gateways;
  private final RequestedComponent requested;

  public SettingsEndpoint(Gateways gateways) {
    this.gateways = gateways;
    this.requested = new RequestedComponent(gateways);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    boolean changes = request.is(HttpMethod.PATCH);
    if (!changes && requested.isOpen(request)) {
      return Mono.just(Reply.json(200, all()));
    }
    Gateway gateway = requested.of(request);
    return Mono.just(
        changes
            ? change(gateway, request.body(), request.caller())
            : Reply.json(200, Live.shown(gateway.settings())));
  }

  /** The settings of all running components. */
  private Map<String, ?> all() {
    Map<String, Object> settings = new LinkedHashMap<>();
    for (String domain : gateways.domains()) {
      Gateway gateway = gateways.find(domain);
      if (gateway != null) {
        settings.put(domain, Live.shown(gateway.settings()));
      }
    }
    return Map.of("components", settings);
  }

  /** Runs on the server's only event loop, so changes come one at a time. */
  private static Reply change(Gateway gateway, String body, ApiCaller caller) {
    GatewaySettings before = gateway.settings();
    GatewaySettings after;
    try {
      after = Live.merge(before, body);
    } catch (ConfigurationException e) {
      return Reply.problems(400, "nothing was changed", e.problems());
    }
    if (!after.equals(before)) {
      gateway.tune(after);
      log.info(
          "{}: settings changed by {} from {} to {}",
          before.component().domain(),
          caller.described(),
          Live.shown(before),
          Live.shown(after));
    }
    return Reply.json(200, Live.shown(after));
  }
}
