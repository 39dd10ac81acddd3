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
 * @param body empty if the route takes none
 * @param sent the body as received; null if the route takes none
 * @param anybody the caller; null if the route is open
 */
public record Request(
    HttpServerRequest http,
    String path,
    String body,
    @Nullable RequestBody sent,
    @Nullable ApiCaller anybody) {

  /** The caller, if the route is not open. */
  public ApiCaller caller() {
    return Objects.requireNonNull(anybody);
  }

  /** The body as received; empty if the route takes none. */
  public byte[] bytes() {
    return sent == null ? new byte[0] : sent.bytes();
  }

  /** The content type without parameters, in lower case; empty if there is none. */
  public String type() {
    return SentBody.type(http);
  }

  /** Whether it has this method. */
  public boolean is(HttpMethod method) {
    return http.method().equals(method);
  }

  /** The part of the path after the parent and a slash; empty if there is none. */
  public String below(String parent) {
    return path.length() > parent.length() + 1 ? path.substring(parent.length() + 1) : "";
  }

  /** The query as it is, without its question mark. */
  public String rawQuery() {
    int mark = http.uri().indexOf('?');
    return mark < 0 ? "" : http.uri().substring(mark + 1);
  }

  /**
   * The parameters of the query.
   *
   * @throws ApiException if it cannot be decoded
   */
  public Map<String, List<String>> query() throws ApiException {
    try {
      return new QueryStringDecoder(rawQuery(), false).parameters();
    } catch (IllegalArgumentException e) {
      throw ApiException.unreadable("the query is not URL-encoded");
    }
  }

  /** The first value of a parameter of the query; null if there is none. */
  public @Nullable String first(String parameter) throws ApiException {
    List<String> values = query().get(parameter);
    return values == null ? null : values.get(0);
  }

  /** The last value of a parameter of the query; null if there is none. */
  public @Nullable String last(String parameter) throws ApiException {
    List<String> values = query().get(parameter);
    return values == null ? null : values.get(values.size() - 1);
  }

  /**
   * The whole number that a parameter of the query gives.
   *
   * @param absent what it is if it is not there
   * @throws ApiException if it is none, or out of the bounds
   */
  public long number(String parameter, long lowest, long highest, long absent) throws ApiException {
    String text = last(parameter);
    if (text == null) {
      return absent;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= lowest && value <= highest) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The same message as for a number beyond the bounds.
    }
    throw ApiException.unreadable(
        "%s: '%s' is not a whole number from %d to %d".formatted(parameter, text, lowest, highest));
  }

  /**
   * Whether a parameter of the query is {@code true}.
   *
   * @throws ApiException if it is neither that nor {@code false}
   */
  public boolean truth(String parameter, boolean absent) throws ApiException {
    String given = last(parameter);
    String text = given == null ? Boolean.toString(absent) : given;
    if (!text.equals("true") && !text.equals("false")) {
      throw ApiException.unreadable(
          "%s: '%s' is neither true nor false".formatted(parameter, text));
    }
    return text.equals("true");
  }
}
