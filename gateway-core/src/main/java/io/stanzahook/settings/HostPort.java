package io.stanzahook.settings;

/**
 * A host and a TCP port.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param port 0 for any free one, where listening
 */
public record HostPort(String host, int port) {
  /** As typed: {@code [::1]:9090}. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
