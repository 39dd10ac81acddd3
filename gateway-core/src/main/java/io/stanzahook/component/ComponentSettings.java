package io.stanzahook.component;

import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which server, as which component.
 *
 * @param host the server's name or address, looked up again at each attempt
 * @param port its component port
 * @param domain the component's domain, in lower case
 * @param secret the shared secret; never logged
 * @param limits of incoming stanzas
 * @param tls TLS from the first byte on; where null, plain TCP
 * @param openTimeout for the TCP connection, the TLS handshake, the server's header and its
 *     acknowledgement, each
 * @param pingTimeout a server silent this long, an answer to our ping included, is left
 * @param maxPending stanzas waiting to be written at most, while the stream is away too
 * @param maxPendingAge how long a reply waits for the stream to come back
 */
public record ComponentSettings(
    String host,
    int port,
    String domain,
    String secret,
    @Nullable TlsSettings tls,
    WireLimits limits,
    Duration openTimeout,
    Duration pingTimeout,
    int maxPending,
    Duration maxPendingAge) {

  public static final Duration DEFAULT_OPEN_TIMEOUT = Duration.ofSeconds(15);
  public static final Duration DEFAULT_PING_TIMEOUT = Duration.ofSeconds(60);
  public static final int DEFAULT_MAX_PENDING = 10_000;
  public static final Duration DEFAULT_MAX_PENDING_AGE = Duration.ofSeconds(60);

  /** Settings over plain TCP. */
  public ComponentSettings(
      String host,
      int port,
      String domain,
      String secret,
      WireLimits limits,
      Duration openTimeout,
      Duration pingTimeout,
      int maxPending,
      Duration maxPendingAge) {
    this(
        host,
        port,
        domain,
        secret,
        null,
        limits,
        openTimeout,
        pingTimeout,
        maxPending,
        maxPendingAge);
  }

  /** These with another port, for a server whose port is known only once it listens. */
  public ComponentSettings withPort(int newPort) {
    return new ComponentSettings(
        host,
        newPort,
        domain,
        secret,
        tls,
        limits,
        openTimeout,
        pingTimeout,
        maxPending,
        maxPendingAge);
  }

  /** These over TLS, or with null over plain TCP. */
  public ComponentSettings withTls(@Nullable TlsSettings newTls) {
    return new ComponentSettings(
        host,
        port,
        domain,
        secret,
        newTls,
        limits,
        openTimeout,
        pingTimeout,
        maxPending,
        maxPendingAge);
  }

  /** These with other bounds on what waits to be written. */
  public ComponentSettings withPending(int stanzas, Duration age) {
    return new ComponentSettings(
        host, port, domain, secret, tls, limits, openTimeout, pingTimeout, stanzas, age);
  }

  /** The settings without the secret. */
  @Override
  public String toString() {
    return "ComponentSettings[%s at %s:%d%s]"
        .formatted(domain, host, port, tls == null ? "" : " over TLS");
  }
}
