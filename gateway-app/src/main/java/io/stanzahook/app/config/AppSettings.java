package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.webhook.Tracing;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code run} needs to know.
 *
 * @param gateways each component with its dispatcher and its webhook, at least one; no two have one
 *     domain
 * @param httpListen where metrics and health are served
 * @param apiCredentials who may use what is not open to all; null for nobody
 * @param apiRate requests a second of one of them to send something, at most
 * @param hooks what other programs may post
 * @param deliveryLog how many of the last deliveries are shown to those; 0 for none
 * @param deliveryLogBodies whether with what stanzas and responses hold
 * @param transport how sockets are driven
 * @param drainTimeout how long what is in flight may take once the program is asked to end
 * @param logFormat how log lines look
 * @param tracing which traces requests belong to; the same for all components
 * @param traceEndpoint where spans are sent by OTLP over HTTP; null for nowhere
 */
public record AppSettings(
    List<GatewaySettings> gateways,
    HostPort httpListen,
    @Nullable ApiCredentials apiCredentials,
    int apiRate,
    HookSettings hooks,
    int deliveryLog,
    boolean deliveryLogBodies,
    Transport transport,
    Duration drainTimeout,
    LogFormat logFormat,
    Tracing tracing,
    @Nullable URI traceEndpoint) {

  public AppSettings {
    gateways = List.copyOf(gateways);
    if (gateways.isEmpty()) {
      throw new IllegalArgumentException("there is no component");
    }
  }

  /** The first component: the only one, unless the file has a list of them. */
  public GatewaySettings gateway() {
    return gateways.get(0);
  }
}
