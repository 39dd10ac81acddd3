package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Keeps pages of other sites from using what a browser adds to their requests: remembered
 * credentials, or its place on this machine, where no credentials are needed.
 *
 * <p>Browsers say which site's page made a request: {@code Sec-Fetch-Site} (Fetch Metadata), or at
 * least {@code Origin} (RFC 6454) if the request may change something. Other programs send neither,
 * and are not affected.
 */
final class RequestOrigin {
  private static final String SEC_FETCH_SITE = "sec-fetch-site";

  /** The page itself, or a person who typed the address. */
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  /** Names of this machine that no name server can change, with or without a port. */
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  private RequestOrigin() {}

  /** Why a request that needs credentials is refused; null if it is not. */
  static @Nullable String foreign(HttpServerRequest request) {
    HttpHeaders headers = request.requestHeaders();
    String site = headers.get(SEC_FETCH_SITE);
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    boolean own =
        site == null
            ? origin == null || isOf(origin, headers.get(HttpHeaderNames.HOST))
            : OWN_SITE.contains(site);
    return own ? null : "another site's page may not use this";
  }

  /** Ignores the scheme, because a proxy in front may change it. */
  private static boolean isOf(String origin, @Nullable String host) {
    int slashes = origin.indexOf("://");
    return slashes > 0 && host != null && origin.substring(slashes + 3).equalsIgnoreCase(host);
  }

  /**
   * Why a request that needs no credentials is refused; null if it is not. It must come from this
   * machine and use a name that always means this machine: others can make their name point here
   * (DNS rebinding), and their pages would then count as ours.
   */
  static @Nullable String remote(HttpServerRequest request) {
    InetSocketAddress from = request.remoteAddress();
    if (from == null || from.getAddress() == null || !from.getAddress().isLoopbackAddress()) {
      return "only this machine may use this";
    }
    String host = request.requestHeaders().get(HttpHeaderNames.HOST);
    return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches()
        ? null
        : "use http://127.0.0.1 or http://localhost: other names may belong to others";
  }
}
