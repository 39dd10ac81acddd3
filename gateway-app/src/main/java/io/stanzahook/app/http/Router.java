package io.stanzahook.app.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.logging.LogText;
import io.stanzahook.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Finds the route of each request. This is the one place for paths, credentials, methods, bodies,
 * errors, traces and the metrics of requests.
 */
final class Router {
  /**
   * The timer of requests, by {@code endpoint}, which is the path of the route, and {@code status}.
   */
  static final String METER = "stanzahook.api.requests";

  /** The label of paths without a route. */
  static final String NO_ROUTE = "other";

  /** Paths that are also served on connections of the reserve. */
  private static final Set<String> PROBES = Set.of("/healthz", "/readyz", "/metrics");

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int MAX_ASCII = 0x7f;

  /** A lower status means that the request was accepted. */
  private static final int FIRST_OTHER_STATUS = 300;

  private static final String TOO_LARGE = "the request's body is too large";
  private static final String TRACEPARENT = "traceparent";

  private static final Logger log = LoggerFactory.getLogger(HttpService.class);

  private final List<Route> routes;
  private final Authorization authorization;
  private final Limits limits;
  private final SendSpans spans;
  private final OtherNodes nodes;
  private final MeterRegistry registry;

  /** Serves these routes. The first one that serves a path answers. */
  Router(
      List<Route> routes,
      Authorization authorization,
      Limits limits,
      SendSpans spans,
      OtherNodes nodes,
      MeterRegistry registry) {
    this.routes = List.copyOf(routes);
    this.authorization = authorization;
    this.limits = limits;
    this.spans = spans;
    this.nodes = nodes;
    this.registry = registry;
  }

  /** Answers a request; called on an event loop. */
  Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    long start = System.nanoTime();
    String path = path(request);
    Route route = path == null ? null : find(path);
    Mono<Reply> reply =
        path == null
            ? Mono.just(Reply.error(400, "the path cannot be decoded"))
            : route == null
                ? Mono.just(Reply.error(404, "not found"))
                : answered(route, request, () -> answer(route, path, request, response))
                    .onErrorResume(
                        RequestBody.LostException.class,
                        e -> {
                          log.debug(
                              "{} {}: {}", request.method(), LogText.of(path), e.getMessage());
                          // Its connection ends. Reactor Netty would only report an answer as
                          // another error.
                          return Mono.never();
                        })
                    .onErrorResume(
                        e -> {
                          log.error("{} {} failed", request.method(), LogText.of(path), e);
                          return Mono.just(
                              Reply.error(500, "internal error; see the gateway's log"));
                        });
    return ofReserve(request, response, path, reply)
        .doOnNext(answer -> record(route, answer.status(), System.nanoTime() - start))
        .flatMap(answer -> write(request, response, answer));
  }

  private void record(@Nullable Route route, int status, long nanos) {
    Timer.builder(METER)
        .description("Requests at --http-listen, from their headers to their answer.")
        .tag("endpoint", route == null ? NO_ROUTE : route.path())
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }

  private @Nullable Route find(String path) {
    for (Route route : routes) {
      if (route.serves(path)) {
        return route;
      }
    }
    return null;
  }

  /**
   * The decoded path; null if it cannot be decoded. Reactor Netty decodes it on this first call,
   * and would read bytes that are not encoded as Latin-1.
   */
  private static @Nullable String path(HttpServerRequest request) {
    String uri = request.uri();
    int query = uri.indexOf('?');
    if (uri.chars().limit(query < 0 ? uri.length() : query).anyMatch(c -> c > MAX_ASCII)) {
      return null;
    }
    try {
      return request.fullPath();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Connections of the reserve are for probes. */
  private static Mono<Reply> ofReserve(
      HttpServerRequest request,
      HttpServerResponse response,
      @Nullable String path,
      Mono<Reply> reply) {
    Connections.Connection connection = Connections.of(request);
    if (connection == null || !connection.isOfReserve()) {
      return reply;
    }
    response.keepAlive(false);
    return path != null && PROBES.contains(path)
        ? reply
        : Mono.just(Reply.error(503, "too many connections").retryAfter(SOON));
  }

  private Mono<Reply> answer(
      Route route, String path, HttpServerRequest request, HttpServerResponse response) {
    String obstacle = authorization.obstacle(route, request);
    if (obstacle != null) {
      return refused(403, obstacle);
    }
    Signatures signatures = route.signatures();
    if (signatures != null
        && signatures.isSigned(request, path)
        && route.methods().containsKey(request.method())) {
      return signed(route, signatures, path, request, response);
    }
    ApiCaller caller = route.isOpen() ? null : authorization.caller(route, request);
    if (!route.isOpen() && caller == null) {
      return authorization.refusal(route, request, response, path);
    }
    HttpMethod method =
        request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.method();
    Access access = route.methods().get(method);
    if (access == null) {
      response.header(HttpHeaderNames.ALLOW, route.allow());
      return refused(405, "method not allowed");
    }
    Connections.Connection connection = Connections.of(request);
    if (connection != null) {
      connection.works();
    }
    if (caller == null) {
      return withBody(route, path, request, null);
    }
    String why = access.refusal(caller);
    if (why != null) {
      limits.refused().refused(caller, "forbidden", request.method().name(), path, why);
      return refused(403, why);
    }
    return limits.within(
        Shares.Kind.REQUESTS,
        caller,
        request,
        traced(route, request, withBody(route, path, request, caller)));
  }

  private static <T> Mono<T> refused(int status, String why) {
    return Mono.error(ApiException.ofStatus(status, why));
  }

  /** Answers refused requests in the form of the route. */
  private static Mono<Reply> answered(
      Route route, HttpServerRequest request, Supplier<Mono<Reply>> answer) {
    return Mono.defer(answer)
        .onErrorResume(ApiException.class, e -> Mono.just(route.errors().reply(request, e)));
  }

  private Mono<Reply> withBody(
      Route route, String path, HttpServerRequest request, @Nullable ApiCaller caller) {
    boolean streamed = route.maxBody() == Route.STREAMED;
    Connections.Connection connection = streamed ? Connections.of(request) : null;
    if (connection != null) {
      connection.streams();
    }
    return streamed || (route.maxBody() == 0 && !RequestBody.isBeyond(request, 0))
        ? handled(route, new Request(request, path, "", null, caller))
        : body(route, request).flatMap(body -> withText(route, path, request, body, caller));
  }

  /** Reads the whole body, unless it is too large. */
  private static Mono<RequestBody> body(Route route, HttpServerRequest request) {
    return RequestBody.isBeyond(request, route.maxBody())
        ? refused(413, TOO_LARGE)
        : RequestBody.read(request, route.maxBody())
            .flatMap(body -> body.isTooLarge() ? refused(413, TOO_LARGE) : Mono.just(body));
  }

  private Mono<Reply> withText(
      Route route,
      String path,
      HttpServerRequest request,
      RequestBody body,
      @Nullable ApiCaller caller) {
    // In a form with parts, each part has its own content type.
    String text = SentBody.type(request).equals(SentBody.MULTIPART) ? "" : body.text(request);
    return text == null
        ? refused(
            400,
            "the request's body is not text in UTF-8, nor in a charset that its Content-Type names")
        : handled(route, new Request(request, path, text, body, caller));
  }

  /** The caller is known only after the body was read, because the signature covers it. */
  private Mono<Reply> signed(
      Route route,
      Signatures signatures,
      String path,
      HttpServerRequest request,
      HttpServerResponse response) {
    if (!signatures.begin()) {
      return refused(503, "too many requests with signatures arrive at once");
    }
    return body(route, request)
        .doFinally(end -> signatures.end())
        .flatMap(
            body -> {
              Signatures.Verdict verdict = signatures.verify(request, path, body.bytes());
              return verdict instanceof Signatures.Refused unproven
                  ? authorization.refusal(request, response, path, unproven)
                  : proven(route, path, request, body, (Signatures.Proven) verdict);
            });
  }

  private Mono<Reply> proven(
      Route route,
      String path,
      HttpServerRequest request,
      RequestBody body,
      Signatures.Proven proven) {
    Connections.Connection connection = Connections.of(request);
    if (connection != null) {
      connection.works();
    }
    ApiCaller caller = proven.caller();
    return limits
        .within(
            Shares.Kind.REQUESTS,
            caller,
            request,
            traced(route, request, withText(route, path, request, body, caller)))
        .doOnNext(
            reply -> {
              if (reply.status() >= FIRST_OTHER_STATUS) {
                proven.forget().run();
              }
            })
        .doOnError(e -> proven.forget().run())
        .doOnCancel(proven.forget());
  }

  private Mono<Reply> handled(Route route, Request request) {
    return Mono.fromCallable(() -> route.handler().answer(request))
        .flatMap(answer -> answer)
        .onErrorResume(
            ApiException.class,
            e -> e.elsewhere() == null ? Mono.error(e) : nodes.passOn(request, e));
  }

  /** Makes the request a span of the caller's trace (W3C Trace Context), if that is sampled. */
  private Mono<Reply> traced(Route route, HttpServerRequest request, Mono<Reply> answer) {
    TraceContext parent =
        route.sends() ? TraceContext.parse(request.requestHeaders().get(TRACEPARENT), null) : null;
    if (parent == null || !parent.sampled()) {
      return answer;
    }
    Instant start = Instant.now();
    return answered(route, request, () -> answer)
        .doOnNext(
            reply ->
                spans.answered(
                    parent,
                    request.method().name(),
                    route.path(),
                    reply.status(),
                    start,
                    Instant.now()));
  }

  private static Mono<Void> write(
      HttpServerRequest request, HttpServerResponse response, Reply reply) {
    Flux<String> events = reply.events();
    if (events != null) {
      return response
          .status(reply.status())
          .header(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
          .header("X-Content-Type-Options", "nosniff")
          .sse()
          .send(
              events.map(event -> Unpooled.copiedBuffer(event, StandardCharsets.UTF_8)),
              each -> true)
          .then();
    }
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    response
        .status(reply.status())
        .header(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length))
        .header(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .header("X-Content-Type-Options", "nosniff");
    reply.headers().forEach(response::header);
    return request.method().equals(HttpMethod.HEAD)
        ? response.send()
        : response.sendByteArray(Mono.just(body)).then();
  }
}
