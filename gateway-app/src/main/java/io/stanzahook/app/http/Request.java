package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stanzahook.app.credentials.ApiCaller;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * A request that a route answers.
 *
 * @param path decoded, without the query
 * @param body empty where the route takes none
 * @param sent the body as it came; null where the route takes none
 * @param anybody who asks; null where the route is open
 */
record Request(
    HttpServerRequest http,
    String path,
    String body,
    @Nullable RequestBody sent,
    @Nullable ApiCaller anybody) {

  /** Who asks, where the route is not open. */
  ApiCaller caller() {
    return Objects.requireNonNull(anybody);
  }

  /** The body as it came; empty where the route takes none. */
  byte[] bytes() {
    return sent == null ? new byte[0] : sent.bytes();
  }

  /** Whether it is of that method. */
  boolean is(HttpMethod method) {
    return http.method().equals(method);
  }

  /** What follows that path and a slash; empty where nothing does. */
  String below(String parent) {
    return path.length() > parent.length() + 1 ? path.substring(parent.length() + 1) : "";
  }

  /** The query as it is, without its question mark. */
  String rawQuery() {
    int mark = http.uri().indexOf('?');
    return mark < 0 ? "" : http.uri().substring(mark + 1);
  }

  /**
   * The parameters of the query.
   *
   * @throws ApiException where it cannot be decoded
   */
  Map<String, List<String>> query() throws ApiException {
    try {
      return new QueryStringDecoder(rawQuery(), false).parameters();
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiError.unreadable("the query is not URL-encoded"));
    }
  }
}
