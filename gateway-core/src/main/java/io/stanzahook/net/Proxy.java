package io.stanzahook.net;

import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that makes connections for us. No text of it shows the password.
 *
 * @param kind how it is asked
 * @param host its name or address, IPv6 without brackets
 * @param user null for no credentials
 * @param password null where there is no user
 */
public record Proxy(
    Kind kind, String host, int port, @Nullable String user, @Nullable String password) {
  private static final Pattern URL =
      Pattern.compile(
          "(?:(\\w+)://)?(?:([^@]*)@)?(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:@/?#\\s]+)(?::(\\d{1,5}))?/?",
          Pattern.CASE_INSENSITIVE);

  /** As curl has it where a proxy's URL names none. */
  private static final int USUAL_PORT = 1080;

  private static final int MAX_PORT = 65_535;

  /** How a proxy is asked for a connection. */
  public enum Kind {
    /** The CONNECT method (RFC 9110, 9.3.6). */
    HTTP("http"),
    /** RFC 1928; names are looked up by the proxy. */
    SOCKS5("socks5");

    private final String scheme;

    Kind(String scheme) {
      this.scheme = scheme;
    }
  }

  /**
   * Reads {@code http://[user:password@]host:port} or {@code socks5://…}.
   *
   * @throws IllegalArgumentException the rest of a sentence, without any part of the text
   */
  public static Proxy parse(String text) {
    Matcher url = URL.matcher(text.trim());
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "is not a proxy's URL, such as http://proxy.example:3128 or"
              + " socks5://user:password@proxy.example:1080");
    }
    String scheme = url.group(1) == null ? "http" : url.group(1).toLowerCase(Locale.ROOT);
    Kind kind =
        switch (scheme) {
          case "http" -> Kind.HTTP;
          case "socks5", "socks5h" -> Kind.SOCKS5;
          default ->
              throw new IllegalArgumentException(
                  "has the scheme %s; proxies that are spoken to are http:// and socks5://"
                      .formatted(scheme));
        };
    int port = url.group(4) == null ? USUAL_PORT : Integer.parseInt(url.group(4));
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("has a port that is not between 1 and 65535");
    }
    String host = url.group(3);
    host = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    String credentials = url.group(2);
    if (credentials == null || credentials.isEmpty()) {
      return new Proxy(kind, host, port, null, null);
    }
    int colon = credentials.indexOf(':');
    return new Proxy(
        kind,
        host,
        port,
        decoded(colon < 0 ? credentials : credentials.substring(0, colon)),
        colon < 0 ? "" : decoded(credentials.substring(colon + 1)));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "has a % in its user or password that begins no percent-encoding; write %25 for it", e);
    }
  }

  /**
   * Has a connection made; to be the first in its channel's pipeline.
   *
   * @param address the proxy's own
   * @param timeoutMillis for the proxy to make the connection
   */
  public ProxyHandler handler(InetSocketAddress address, long timeoutMillis) {
    ProxyHandler handler =
        switch (kind) {
          case HTTP ->
              user == null || password == null
                  ? new HttpProxyHandler(address)
                  : new HttpProxyHandler(address, user, password);
          case SOCKS5 ->
              user == null || password == null
                  ? new Socks5ProxyHandler(address)
                  : new Socks5ProxyHandler(address, user, password);
        };
    handler.setConnectTimeoutMillis(timeoutMillis);
    return handler;
  }

  /** Without credentials. */
  @Override
  public String toString() {
    String named = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
    return kind.scheme + "://" + named + ':' + port;
  }
}
