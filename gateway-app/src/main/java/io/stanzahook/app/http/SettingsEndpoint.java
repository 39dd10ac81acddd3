package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Live;
import io.stanzahook.app.credentials.ApiCaller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/**
 * {@code GET /admin/settings}: the settings that may change while the gateway runs. {@code PATCH}
 * changes those it names (RFC 7396) at once, or none if one value is wrong. With several
 * components, {@code ?component=DOMAIN} chooses one; without it, {@code GET} shows the settings of
 * all.
 */
final class SettingsEndpoint implements Route.Handler {
  /** The largest body, in bytes. */
  static final int MAX_BODY = 4096;

  private static final Logger log = LoggerFactory.getLogger(SettingsEndpoint.class);

  private final Gateways gateways;
  private final RequestedComponent requested;

  SettingsEndpoint(Gateways gateways) {
    this.gateways = gateways;
    this.requested = new RequestedComponent(gateways);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    boolean changes = request.is(HttpMethod.PATCH);
    if (!changes && requested.isOpen(request)) {
      return Mono.just(Reply.json(200, this::writeAll));
    }
    Gateway gateway = requested.of(request);
    return Mono.just(
        changes ? change(gateway, request.body(), request.caller()) : settings(gateway.settings()));
  }

  /** The settings of all running components. */
  private void writeAll(JsonGenerator json) {
    json.writeObjectPropertyStart("components");
    for (String domain : gateways.domains()) {
      Gateway gateway = gateways.find(domain);
      if (gateway != null) {
        json.writeObjectPropertyStart(domain);
        Live.shown(gateway.settings()).forEach((name, value) -> write(json, name, value));
        json.writeEndObject();
      }
    }
    json.writeEndObject();
  }

  private static Reply settings(GatewaySettings settings) {
    return Reply.json(
        200, json -> Live.shown(settings).forEach((name, value) -> write(json, name, value)));
  }

  private static void write(JsonGenerator json, String name, Object value) {
    if (value instanceof Integer number) {
      json.writeNumberProperty(name, number);
    } else if (value instanceof Boolean on) {
      json.writeBooleanProperty(name, on);
    } else {
      json.writeStringProperty(name, value.toString());
    }
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
    return settings(after);
  }
}
