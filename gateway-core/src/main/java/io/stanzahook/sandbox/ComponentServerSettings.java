package io.stanzahook.sandbox;

import io.stanzahook.wire.WireLimits;
import java.util.Map;

/**
 * What a {@link ComponentServer} serves.
 *
 * @param host the address to listen on
 * @param port the port, 0 for any free one
 * @param components the shared secret of each component, by its domain in lower case
 * @param limits of stanzas that components send; a larger one ends the stream
 * @param maxPending the maximum number of stanzas not yet written to one component
 */
public record ComponentServerSettings(
    String host, int port, Map<String, String> components, WireLimits limits, int maxPending) {

  public static final String LOOPBACK = "127.0.0.1";
  public static final int DEFAULT_MAX_PENDING = 10_000;

  public ComponentServerSettings {
    components = Map.copyOf(components);
    if (maxPending < 1) {
      throw new IllegalArgumentException("max-pending must be at least 1");
    }
  }

  /** One component, on a free port of the loopback interface. */
  public static ComponentServerSettings of(String domain, String secret) {
    return new ComponentServerSettings(
        LOOPBACK, 0, Map.of(domain, secret), WireLimits.DEFAULTS, DEFAULT_MAX_PENDING);
  }

  /** These settings with another port, to come back at the port of a server that went away. */
  public ComponentServerSettings withPort(int newPort) {
    return new ComponentServerSettings(host, newPort, components, limits, maxPending);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "ComponentServerSettings[%s at %s:%d]".formatted(components.keySet(), host, port);
  }
}
