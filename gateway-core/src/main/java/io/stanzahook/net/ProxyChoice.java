package io.stanzahook.net;

import io.netty.util.NetUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy connections are made through.
 *
 * @param environment whether environment variables say so
 * @param fixed otherwise, for all hosts; null for none
 */
public record ProxyChoice(boolean environment, @Nullable Proxy fixed) {
  /** What environment variables name. */
  public static final ProxyChoice ENVIRONMENT = new ProxyChoice(true, null);

  /** None. */
  public static final ProxyChoice NONE = new ProxyChoice(false, null);

  /**
   * Reads {@code env}, {@code none} or a proxy's URL.
   *
   * @throws IllegalArgumentException the rest of a sentence, without any part of the text
   */
  public static ProxyChoice parse(String text) {
    return switch (text.trim().toLowerCase(Locale.ROOT)) {
      case "env" -> ENVIRONMENT;
      case "none" -> NONE;
      default -> new ProxyChoice(false, Proxy.parse(text));
    };
  }

  /**
   * The proxy for a host; null for none. This machine itself is never reached through one.
   *
   * @param host a name or an address, IPv6 without brackets
   */
  public @Nullable Proxy of(boolean secure, String host, ProxyEnvironment variables) {
    if (isLoopback(host)) {
      return null;
    }
    return environment ? variables.of(secure, host) : fixed;
  }

  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
    if (address == null) {
      return name.equals("localhost") || name.endsWith(".localhost");
    }
    return address.length == 4 ? address[0] == 127 : isOne(address);
  }

  private static boolean isOne(byte[] address) {
    for (int i = 0; i < address.length - 1; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return address[address.length - 1] == 1;
  }

  /** As it is given, without credentials. */
  @Override
  public String toString() {
    return environment ? "env" : fixed == null ? "none" : fixed.toString();
  }
}
