package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.logging.LogFormat;
import io.stanzahook.app.logging.LogLevels;
import io.stanzahook.cluster.ClusterSettings;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Setting;
import io.stanzahook.settings.Settings;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.trace.Tracing;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All settings of {@code run}.
 *
 * @param gateways the components, at least one; no two have the same domain
 * @param hooks what other programs may post
 * @param cluster whose log all components keep their messages in; null for none
 * @param tracing which traces requests belong to, for all components
 */
public record AppSettings(
    List<GatewaySettings> gateways,
    @Setting(
            name = "http-listen",
            value = "HOST:PORT",
            fallback = "127.0.0.1:9797",
            help = "address that serves metrics, health, the API and the console")
        HostPort httpListen,
    @Setting(
            name = "http-tls-cert",
            value = "FILE",
            live = true,
            inSandbox = false,
            file = 1 << 20,
            help =
                "makes `--http-listen` speak HTTPS (TLS 1.2 and later) with the certificate, those "
                    + "of the CAs in between, and the private key of this PEM file")
        @Nullable ClientCertificate httpTlsCert,
    @Setting(
            name = "drain-timeout",
            value = "DURATION",
            fallback = "15s",
            max = 24 * Setting.HOUR,
            inSandbox = false,
            help = "on SIGTERM, how long deliveries in flight may take")
        Duration drainTimeout,
    @Setting(
            name = "api-token-file",
            value = "F",
            live = true,
            inSandbox = false,
            help =
                "who may use `/admin`, `/msg`, `/hooks` and `/rest`: a file with a `token` or a "
                    + "`user:password` on each line. JIDs after it limit the line to sending from "
                    + "these JIDs. The word `admin` adds `/admin` and the console, `read` adds them "
                    + "without changes, and `name=TEXT` names the line in logs and metrics. Without "
                    + "this file, nobody may use them")
        @Nullable ApiCredentials apiCredentials,
    @Setting(
            name = "api-rate",
            value = "N",
            fallback = "1000",
            min = 1,
            max = 1_000_000,
            inSandbox = false,
            help =
                "requests a second to `/msg`, `/hooks` and `/rest` for each line of "
                    + "`--api-token-file`; further requests get 429")
        int apiRate,
    HookSettings hooks,
    @Nullable ClusterSettings cluster,
    @Setting(
            name = "delivery-log",
            value = "N",
            fallback = "200",
            max = 10_000,
            help =
                "how many of the latest deliveries the console and `/admin/deliveries` show; "
                    + "`0`: none")
        int deliveryLog,
    @Setting(
            name = "delivery-log-bodies",
            fallback = "false",
            inSandbox = false,
            help = "also shows the content of stanzas, replies and refused responses there")
        boolean deliveryLogBodies,
    @Setting(
            name = "delivery-log-file",
            value = "F",
            inSandbox = false,
            help =
                "also keeps the deliveries of the last 24 hours in this SQLite file, at most 1 GiB, "
                    + "so that the console finds them after a restart")
        @Nullable Path deliveryLogFile,
    @Setting(
            name = "transport",
            value = "auto|io_uring|epoll|nio",
            fallback = "auto",
            help = "how sockets are driven; `auto` chooses the best one that works here")
        Transport transport,
    @Setting(
            name = "log-format",
            value = "text|json",
            fallback = "text",
            help = "text for people, or one JSON object for each line")
        LogFormat logFormat,
    @Setting(
            name = "log-level",
            value = "error|warn|info|debug|trace",
            fallback = "info",
            live = true,
            inSandbox = false,
            help =
                "writes log lines of this level and the levels above it; `info,stream=debug` gives one "
                    + "logger its own level")
        LogLevels logLevel,
    @Setting(
            name = "trace-context",
            value = "on|off",
            fallback = "on",
            help =
                "sends a W3C `traceparent` with each request: one trace for each delivery, one "
                    + "span for each attempt")
        boolean traceContext,
    @Setting(
            name = "trace-sample",
            value = "SHARE",
            fallback = "1",
            help = "the share of traces that are marked as sampled, from 0 to 1")
        double traceSample,
    @Setting(
            name = "trace-endpoint",
            value = "URL",
            inSandbox = false,
            help = "sends the spans of sampled traces to this URL, with OTLP over HTTP")
        @Nullable URI traceEndpoint,
    Tracing tracing,
    @Setting(
            name = "config",
            value = "FILE",
            inFile = false,
            inSandbox = false,
            help = "a YAML file with any of these settings except this one")
        @Nullable Path config) {

  public AppSettings {
    gateways = List.copyOf(gateways);
    if (gateways.isEmpty()) {
      throw new IllegalArgumentException("there is no component");
    }
  }

  /** The keys of the process's settings that differ in the next settings and need a restart. */
  public List<String> processDifferences(AppSettings next) {
    List<String> names = Settings.differences(this, next);
    return RunOptions.PROCESS.stream()
        .filter(option -> !option.isLive() && names.contains(option.name()))
        .filter(option -> option.needs() == null || !names.contains(option.needs().name()))
        .map(Option::key)
        .toList();
  }

  /** The first component: the only one, unless the file has a list of them. */
  public GatewaySettings gateway() {
    return gateways.get(0);
  }
}
