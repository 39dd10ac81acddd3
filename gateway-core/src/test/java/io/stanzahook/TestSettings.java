package io.stanzahook;

import io.stanzahook.delivery.DispatchSettings;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.local.Filters;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.TlsSettings;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TrustedCertificates;
import io.stanzahook.trace.Tracing;
import io.stanzahook.webhook.Connecting;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settings for tests, with the defaults of what they do not say. */
public final class TestSettings {
  private TestSettings() {}

  /** A webhook that is neither signed for nor traced. */
  public static WebhookSettings webhook(
      UrlTemplate postUrl,
      List<Map.Entry<String, String>> headers,
      Duration timeout,
      int maxResponse,
      int maxReplies,
      int maxConnections,
      String userAgent) {
    return Settings.make(
        WebhookSettings.class,
        Map.of(
            "post-url", List.of(postUrl),
            "post-header", headers,
            "connecting", Connecting.DEFAULTS,
            "timeout", timeout,
            "max-response", maxResponse,
            "maxReplies", maxReplies,
            "maxConnections", maxConnections,
            "userAgent", userAgent,
            "tracing", Tracing.OFF));
  }

  /** A component over plain TCP. */
  public static ComponentSettings component(
      String host,
      int port,
      String domain,
      String secret,
      WireLimits limits,
      Duration openTimeout,
      Duration pingTimeout,
      int maxPending,
      Duration maxPendingAge) {
    return Settings.make(
        ComponentSettings.class,
        Map.of(
            "server", new HostPort(host, port),
            "component", domain,
            "secret", secret,
            "limits", limits,
            "openTimeout", openTimeout,
            "ping-timeout", pingTimeout,
            "maxPending", maxPending,
            "maxPendingAge", maxPendingAge));
  }

  /** In order, with the usual times, and without notices. */
  public static DispatchSettings dispatch(
      Set<StanzaKind> kinds, FlowSettings flow, RetrySettings retry) {
    return Settings.make(
        DispatchSettings.class, Map.of("post-stanzas", kinds, "flow", flow, "retry", retry));
  }

  /** A component on this machine, with the usual limits. */
  public static ComponentSettings component(int port, String domain, String secret) {
    return component(
        "127.0.0.1",
        port,
        domain,
        secret,
        WireLimits.DEFAULTS,
        ComponentSettings.DEFAULT_OPEN_TIMEOUT,
        Duration.ofMinutes(1),
        ComponentSettings.DEFAULT_MAX_PENDING,
        ComponentSettings.DEFAULT_MAX_PENDING_AGE);
  }

  /** With no further features, and without filters. */
  public static LocalSettings local(String name, String version) {
    return new LocalSettings(name, null, null, version, List.of(), Filters.NONE);
  }

  /** Of PEM, or null. */
  public static TlsSettings tls(@Nullable String ca, @Nullable String own, @Nullable String name) {
    return new TlsSettings(
        ca == null ? null : TrustedCertificates.parse(ca),
        own == null ? null : ClientCertificate.parse(own),
        name);
  }
}
