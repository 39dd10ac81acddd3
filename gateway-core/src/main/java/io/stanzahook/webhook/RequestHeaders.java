package io.stanzahook.webhook;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.stanzahook.exchange.Quoted;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The request headers that are the same for every call. */
public final class RequestHeaders {
  static final String ACCEPT = "application/json, application/xmpp+xml, text/plain";

  /** What frames the message or belongs to the connection: the client's business. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "traceparent",
          "tracestate",
          "webhook-attempt",
          "webhook-batch",
          "webhook-id",
          "webhook-signature",
          "webhook-timestamp");

  /** Of these there is one: the settings' stands in place of ours. */
  private static final Set<String> SINGLE =
      Set.of("accept", "accept-encoding", "content-type", "host", "user-agent");

  private RequestHeaders() {}

  /**
   * Checks a header of the settings.
   *
   * @throws IllegalArgumentException naming the header, but not its value
   */
  public static void check(Map.Entry<String, String> header) {
    String name = header.getKey();
    if (name.isEmpty() || !name.chars().allMatch(RequestHeaders::isToken)) {
      throw new IllegalArgumentException(
          "'" + Quoted.of(name) + "' is not the name of an HTTP header");
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("the header " + name + " is set by the gateway itself");
    }
    if (!header.getValue().chars().allMatch(c -> (c >= ' ' && c < 0x7F) || c == '\t')) {
      throw new IllegalArgumentException(
          "the value of the header " + name + " has characters other than visible ASCII");
    }
  }

  private static boolean isToken(int c) {
    return c > ' ' && c < 0x7F && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
  }

  static void write(WebhookSettings settings, String host, HttpHeaders headers) {
    headers
        .set(HttpHeaderNames.HOST, host)
        .set(HttpHeaderNames.USER_AGENT, settings.userAgent())
        .set(HttpHeaderNames.ACCEPT, ACCEPT)
        // Else some compress what no one here would unpack.
        .set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY)
        .set(HttpHeaderNames.CONTENT_TYPE, settings.format().contentType());
    for (Map.Entry<String, String> header : settings.headers()) {
      if (SINGLE.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        headers.set(header.getKey(), header.getValue());
      } else {
        headers.add(header.getKey(), header.getValue());
      }
    }
  }
}
