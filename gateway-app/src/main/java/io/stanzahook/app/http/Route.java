package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * One row of the table of all that the server answers.
 *
 * @param path as the OpenAPI document has it; {@code {id}} stands for one part
 * @param below whether what begins with the path and a slash is its, too
 * @param methods those it takes, and what each takes of the caller; HEAD goes with GET
 * @param maxBody the largest request body it takes, in bytes; 0 for none
 * @param sends whether it is part of the send API: its requests are spans of the caller's trace
 * @param tokenInUrl whether a token may also stand in the query, for programs that can only be
 *     given a URL
 * @param errors how it says that a request is refused
 * @param handler answers
 */
record Route(
    String path,
    boolean below,
    Map<HttpMethod, Access> methods,
    int maxBody,
    boolean sends,
    boolean tokenInUrl,
    Errors errors,
    Handler handler) {
  private static final Pattern PART = Pattern.compile("\\{[^}]*}");

  /** Answers requests of a route. */
  @FunctionalInterface
  interface Handler {
    /**
     * Answers; called on an event loop.
     *
     * @throws ApiException as which the returned Mono may end, too
     */
    Mono<Reply> answer(Request request) throws ApiException;
  }

  /** Says that a request is refused, before or after its handler saw it. */
  @FunctionalInterface
  interface Errors {
    Reply reply(HttpServerRequest request, ApiException error);
  }

  Route {
    methods = Map.copyOf(methods);
  }

  /** For everybody, by GET. */
  static Route open(String path, Handler handler) {
    return of(path, Map.of(HttpMethod.GET, Access.OPEN), handler);
  }

  /** For those who may. */
  static Route of(String path, Map<HttpMethod, Access> methods, Handler handler) {
    return new Route(
        path, false, methods, 0, false, false, (request, error) -> Sender.refusal(error), handler);
  }

  /** For those who may send, with all below the path. */
  static Route sending(
      String path, boolean tokenInUrl, Errors errors, Handler handler, HttpMethod... methods) {
    return new Route(
        path,
        true,
        Stream.of(methods).collect(Collectors.toMap(each -> each, each -> Access.SEND)),
        SentBody.MAX_BYTES,
        true,
        tokenInUrl,
        errors,
        handler);
  }

  /** This, with a body. */
  Route withBody(int bytes) {
    return new Route(path, below, methods, bytes, sends, tokenInUrl, errors, handler);
  }

  /** Whether the path, decoded and without the query, is its. */
  boolean serves(String requested) {
    if (below && requested.startsWith(path + "/")) {
      return true;
    }
    return path.indexOf('{') < 0
        ? requested.equals(path)
        : requested.matches(PART.matcher(path).replaceAll("[^/]+"));
  }

  /** Whether it answers everybody. */
  boolean isOpen() {
    return methods.values().stream().allMatch(Access.OPEN::equals);
  }

  /** The {@code Allow} header. */
  String allow() {
    String names =
        methods.keySet().stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
    return methods.containsKey(HttpMethod.GET) ? names + ", HEAD" : names;
  }
}
