package io.stanzahook.component;

import io.stanzahook.wire.WireLimits;
import java.time.Duration;

/**
 * Which server, as which component.
 *
 * @param host the server's name or address, looked up again at each attempt
 * @param port its component port
 * @param domain the component's domain, in lower case
 * @param secret the shared secret; never logged
 * @param limits of incoming stanzas
 * @param openTimeout for the TCP connection, the server's header and its acknowledgement, each
 * @param pingTimeout a server silent this long, an answer to our ping included, is left
 * @param maxPending stanzas waiting to be written at most, while the stream is away too
 * @param maxPendingAge how long a reply waits for the stream to come back
 */
public record ComponentSettings(
    String host,
    int port,
    String domain,
    String secret,
    WireLimits limits,
    Duration openTimeout,
    Duration pingTimeout,
    int maxPending,
    Duration maxPendingAge) {

  public static final Duration DEFAULT_OPEN_TIMEOUT = Duration.ofSeconds(15);
  public static final Duration DEFAULT_PING_TIMEOUT = Duration.ofSeconds(60);
  public static final int DEFAULT_MAX_PENDING = 10_000;
  public static final Duration DEFAULT_MAX_PENDING_AGE = Duration.ofSeconds(60);

  /** These with another port, for a server whose port is known only once it listens. */
  public ComponentSettings withPort(int newPort) {
    return new ComponentSettings(
        host, newPort, domain, secret, limits, openTimeout, pingTimeout, maxPending, maxPendingAge);
  }

  /** The settings without the secret. */
  @Override
  public String toString() {
    return "ComponentSettings[" + domain + " at " + host + ":" + port + "]";
  }
}
