package io.stanzahook.net;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that environment variables name, as curl reads them: {@code https_proxy}, {@code
 * http_proxy}, {@code all_proxy} and {@code no_proxy}, in lower case or else in upper case.
 *
 * @param variables those of them that are set; in lower case
 */
public record ProxyEnvironment(Map<String, String> variables) {
  /** No variable is set. */
  public static final ProxyEnvironment NONE = new ProxyEnvironment(Map.of());

  private static final List<String> NAMES =
      List.of("https_proxy", "http_proxy", "all_proxy", "no_proxy");

  public ProxyEnvironment {
    variables = Map.copyOf(variables);
  }

  /** What of an environment tells of proxies. */
  public static ProxyEnvironment of(Map<String, String> environment) {
    Map<String, String> found = new TreeMap<>();
    for (String name : NAMES) {
      String value = environment.getOrDefault(name, environment.get(name.toUpperCase(Locale.ROOT)));
      if (value != null) {
        found.put(name, value.trim());
      }
    }
    return new ProxyEnvironment(found);
  }

  /**
   * Reads all of it, to see what cannot be read.
   *
   * @throws IllegalArgumentException naming the variable, without any part of its value
   */
  public void check() {
    proxy("https_proxy");
    proxy("http_proxy");
    proxy("all_proxy");
  }

  /**
   * The proxy for a host; null for none.
   *
   * @param host a name or an address, IPv6 without brackets
   */
  public @Nullable Proxy of(boolean secure, String host) {
    if (isExcepted(host)) {
      return null;
    }
    String own = secure ? "https_proxy" : "http_proxy";
    // One that is set and empty turns the general one off.
    return variables.containsKey(own) ? proxy(own) : proxy("all_proxy");
  }

  private @Nullable Proxy proxy(String variable) {
    String value = variables.get(variable);
    if (value == null || value.isEmpty()) {
      return null;
    }
    try {
      return Proxy.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the environment variable %s %s; change it, or give a proxy or 'none' with ‹post-proxy›"
              .formatted(variable, e.getMessage()),
          e);
    }
  }

  private boolean isExcepted(String host) {
    String name = withoutDot(host.toLowerCase(Locale.ROOT));
    for (String each : variables.getOrDefault("no_proxy", "").split("[,\\s]+", -1)) {
      if (each.equals("*") || (!each.isEmpty() && matches(name, each.toLowerCase(Locale.ROOT)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String host, String exception) {
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      return matchesAddress(host, exception.replaceAll("[\\[\\]]", ""));
    }
    String domain = withoutDot(exception.startsWith(".") ? exception.substring(1) : exception);
    return host.equals(domain) || host.endsWith("." + domain);
  }

  private static boolean matchesAddress(String host, String exception) {
    int slash = exception.indexOf('/');
    String network = slash < 0 ? exception : exception.substring(0, slash);
    byte[] address = NetUtil.createByteArrayFromIpAddressString(network);
    byte[] own = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null || own == null || address.length != own.length) {
      return false;
    }
    try {
      int bits = slash < 0 ? 8 * own.length : Integer.parseInt(exception.substring(slash + 1));
      return bits >= 0
          && bits <= 8 * own.length
          && new IpSubnetFilterRule(
                  InetAddress.getByAddress(address), bits, IpFilterRuleType.ACCEPT)
              .matches(new InetSocketAddress(InetAddress.getByAddress(own), 0));
    } catch (NumberFormatException | UnknownHostException e) {
      return false;
    }
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** The names of those that are set: their values may hold passwords. */
  @Override
  public String toString() {
    return "ProxyEnvironment" + variables.keySet();
  }
}
