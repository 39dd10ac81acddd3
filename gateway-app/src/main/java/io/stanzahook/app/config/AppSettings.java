package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.webhook.Tracing;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

  /**
   * The keys of those settings of the process that are others in the next ones. Who may use the API
   * is not among them.
   */
  public List<String> processDifferences(AppSettings next) {
    List<String> keys = new ArrayList<>();
    note(keys, ProcessOptions.HTTP_LISTEN, httpListen, next.httpListen);
    note(keys, ProcessOptions.API_RATE, apiRate, next.apiRate);
    note(keys, HookOptions.ROOM_NICK, hooks.roomNick(), next.hooks.roomNick());
    note(keys, HookOptions.TEMPLATES, hooks.formats(), next.hooks.formats());
    note(keys, ConsoleOptions.DELIVERY_LOG, deliveryLog, next.deliveryLog);
    note(keys, ConsoleOptions.DELIVERY_LOG_BODIES, deliveryLogBodies, next.deliveryLogBodies);
    note(keys, ProcessOptions.TRANSPORT, transport, next.transport);
    note(keys, ProcessOptions.DRAIN_TIMEOUT, drainTimeout, next.drainTimeout);
    note(keys, ProcessOptions.LOG_FORMAT, logFormat, next.logFormat);
    note(keys, TraceOptions.TRACE_CONTEXT, tracing.isOn(), next.tracing.isOn());
    if (tracing.isOn() && next.tracing.isOn()) {
      note(keys, TraceOptions.TRACE_SAMPLE, tracing, next.tracing);
    }
    note(keys, TraceOptions.TRACE_ENDPOINT, traceEndpoint, next.traceEndpoint);
    return keys;
  }

  private static void note(
      List<String> keys, Option<?> option, @Nullable Object now, @Nullable Object then) {
    if (!Objects.equals(now, then)) {
      keys.add(option.key());
    }
  }

  /** The first component: the only one, unless the file has a list of them. */
  public GatewaySettings gateway() {
    return gateways.get(0);
  }
}
