package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * One row of the table of routes.
 *
 * @param path as in the OpenAPI document; {@code {id}} stands for one part
 * @param below whether it also serves paths that begin with this path and a slash
 * @param methods its methods, and what each needs from the caller; HEAD is like GET
 * @param maxBody the maximum size of a request body, in bytes; 0 for none; {@link #STREAMED} for
 *     one that the handler reads
 * @param sends whether it is part of the send API: its requests are spans of the caller's trace
 * @param tokenInUrl whether the token may be in the query, for programs whose only setting is a URL
 * @param signatures take the place of credentials; null if requests cannot be signed
 * @param errors writes the answer to a refused request
 * @param handler answers requests
 */
public record Route(
    String path,
    boolean below,
    Map<HttpMethod, Access> methods,
    int maxBody,
    boolean sends,
    boolean tokenInUrl,
    @Nullable Signatures signatures,
    Errors errors,
    Handler handler) {
  /** In place of the size of a body that the handler reads itself, part for part. */
  public static final int STREAMED = -1;

  /** Refused requests are answered in JSON. */
  public static final Errors PLAIN = (request, error) -> Reply.error(error);

  private static final Pattern PART = Pattern.compile("\\{[^}]*}");

  /** Answers requests of a route. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers; called on an event loop.
     *
     * @throws ApiException to refuse it; the returned Mono may also end with it
     */
    Mono<Reply> answer(Request request) throws ApiException;
  }

  /** Writes the answer to a refused request. */
  @FunctionalInterface
  public interface Errors {
    Reply reply(HttpServerRequest request, ApiException error);
  }

  public Route {
    methods = Map.copyOf(methods);
  }

  /** A route that everybody may use, with GET. */
  public static Route open(String path, Handler handler) {
    return of(path, Map.of(HttpMethod.GET, Access.OPEN), handler);
  }

  /** A route that needs credentials. */
  public static Route of(String path, Map<HttpMethod, Access> methods, Handler handler) {
    return new Route(path, false, methods, 0, false, false, null, PLAIN, handler);
  }

  /** A route of the send API, with all paths below it. */
  public static Route sending(
      String path, boolean tokenInUrl, Errors errors, Handler handler, HttpMethod... methods) {
    return new Route(
        path,
        true,
        Stream.of(methods).collect(Collectors.toMap(each -> each, each -> Access.SEND)),
        SentBody.MAX_BYTES,
        true,
        tokenInUrl,
        null,
        errors,
        handler);
  }

  /** This route, with a request body. */
  public Route withBody(int bytes) {
    return new Route(path, below, methods, bytes, sends, tokenInUrl, signatures, errors, handler);
  }

  /** This route, whose requests may be signed. */
  public Route signed(Signatures by) {
    return new Route(path, below, methods, maxBody, sends, tokenInUrl, by, errors, handler);
  }

  /** Whether it serves the path, which is decoded and without the query. */
  public boolean serves(String requested) {
    if (below && requested.startsWith(path + "/")) {
      return true;
    }
    return path.indexOf('{') < 0
        ? requested.equals(path)
        : requested.matches(PART.matcher(path).replaceAll("[^/]+"));
  }

  /** Whether everybody may use it. */
  public boolean isOpen() {
    return methods.values().stream().allMatch(Access.OPEN::equals);
  }

  /** The {@code Allow} header. */
  public String allow() {
    String names =
        methods.keySet().stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
    return methods.containsKey(HttpMethod.GET) ? names + ", HEAD" : names;
  }
}
