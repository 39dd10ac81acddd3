package io.stanzahook.stream;

import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Setting;
import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server, and the component on it.
 *
 * @param server the server's name or address, which is looked up at each attempt, and its component
 *     port
 * @param domain the component's domain, in lower case
 * @param secret the shared secret; never logged
 * @param tls TLS from the first byte; null for plain TCP
 * @param limits of incoming stanzas
 * @param openTimeout for the TCP connection, the TLS handshake, the server's header and its
 *     acknowledgement, each
 * @param pingTimeout the connection ends if the server is silent for this time, even to pings
 * @param maxPending the maximum number of stanzas that wait to be written, also while the stream is
 *     down
 * @param maxPendingAge how long a reply waits for the stream to come back
 */
public record ComponentSettings(
    @Setting(
            name = "server",
            value = "HOST:PORT",
            fallback = "localhost:5347",
            min = 1,
            inSandbox = false,
            help = "the component port of the XMPP server")
        HostPort server,
    @Setting(
            name = "component",
            value = "DOMAIN",
            absent = "required",
            help = "the component's domain")
        String domain,
    @Setting(
            name = "secret",
            value = "S",
            absent = "this or --secret-file is required",
            inSandbox = false,
            file = 64 << 10,
            orFile = "a file with the secret; a newline at its end is ignored",
            help =
                "the secret shared with the server; prefer the file or the environment, because "
                    + "`ps` shows flags")
        String secret,
    @Setting(
            name = "tls",
            fallback = "false",
            inSandbox = false,
            noun = "TLS",
            help =
                "speaks TLS to the server from the first byte, and verifies the certificate and "
                    + "the name in it; give the flag alone, or `--tls=false`")
        @Nullable TlsSettings tls,
    WireLimits limits,
    Duration openTimeout,
    @Setting(
            name = "ping-timeout",
            value = "DURATION",
            fallback = "60s",
            min = 1,
            max = 24 * Setting.HOUR,
            help = "reconnects if the server is silent for this long, even to pings")
        Duration pingTimeout,
    int maxPending,
    Duration maxPendingAge) {

  public static final Duration DEFAULT_OPEN_TIMEOUT = Duration.ofSeconds(15);
  public static final int DEFAULT_MAX_PENDING = 10_000;
  public static final Duration DEFAULT_MAX_PENDING_AGE = Duration.ofSeconds(60);

  /** The server's name or address. */
  public String host() {
    return server.host();
  }

  /** The server's component port. */
  public int port() {
    return server.port();
  }

  /** The settings without the secret. */
  @Override
  public String toString() {
    return "ComponentSettings[%s at %s%s]"
        .formatted(domain, server, tls == null ? "" : " over TLS");
  }
}
