package io.stanzahook.app.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.config.ApiCaller;
import io.stanzahook.app.config.HostPort;
import io.stanzahook.app.logging.Shown;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** The server behind {@code --http-listen}. */
public final class HttpService implements AutoCloseable {
  /** The request line's length at most, in bytes. */
  static final int MAX_REQUEST_LINE = 8 * 1024;

  /** All headers of a request together, at most, in bytes. */
  static final int MAX_HEADERS = 16 * 1024;

  /** Scrapes that wait for the one under way, at most: one of the other format. */
  static final int MAX_WAITING_SCRAPES = 16;

  /** Searches through deliveries that wait for the one under way; further ones are refused. */
  static final int MAX_WAITING_SEARCHES = 64;

  /** What is answered to everybody, and also where there are as many connections as may be. */
  private static final Set<String> PROBES = Set.of("/healthz", "/readyz", "/metrics");

  private static final Duration SOON = Duration.ofSeconds(1);

  private static final int MAX_ASCII = 0x7f;

  private static final String TOO_LARGE = "the request's body is too large";

  private static final Logger log = LoggerFactory.getLogger(HttpService.class);

  private final DisposableServer server;
  private final Disposable.Composite parts;

  private HttpService(DisposableServer server, Disposable.Composite parts) {
    this.server = server;
    this.parts = parts;
  }

  /**
   * Listens.
   *
   * @param loops the server's own event loops; not disposed of here
   * @throws ListenException if the address cannot be listened on
   */
  public static HttpService start(
      HostPort listen,
      PrometheusMeterRegistry registry,
      Readiness readiness,
      Administration administration,
      LoopResources loops)
      throws ListenException {
    RefusedRequests refused = new RefusedRequests(registry);
    Limits limits = new Limits(refused);
    Authorization authorization = new Authorization(administration.credentials(), refused);
    Sender sender =
        new Sender(
            administration.gateways(),
            administration.ratePerSecond(),
            administration.hooks().roomNick(),
            limits,
            refused);
    Scheduler scrapes = Schedulers.newBoundedElastic(1, MAX_WAITING_SCRAPES, "scrape", 60, true);
    Scheduler searches = Schedulers.newBoundedElastic(1, MAX_WAITING_SEARCHES, "search", 60, true);
    Disposable.Composite parts = Disposables.composite(scrapes, searches, refused::close);
    List<Endpoint> endpoints =
        new ArrayList<>(
            List.of(
                new MetricsEndpoint(registry, scrapes),
                new HealthEndpoint(),
                new ReadyEndpoint(readiness),
                new SettingsEndpoint(administration.gateways()),
                new ReloadEndpoint(administration.reloading()),
                new DeliveriesEndpoint(administration.deliveries(), limits, searches),
                new TracedEndpoint(
                    new MessageEndpoint(sender), MessageEndpoint.PATH, administration.spans()),
                new TracedEndpoint(
                    new HookEndpoint(sender, administration.hooks().formats()),
                    HookEndpoint.ROUTE,
                    administration.spans()),
                new TracedEndpoint(
                    new RestEndpoint(sender), RestEndpoint.PATH, administration.spans()),
                new OpenApiEndpoint()));
    endpoints.add(
        new EventsEndpoint(
            administration.gateways(), administration.deliveries(), registry, limits));
    endpoints.addAll(ConsoleEndpoint.all(administration.credentials().get()));
    endpoints.addAll(new DeadLetterEndpoints(administration.gateways(), limits).all());
    Connections connections = new Connections(refused);
    Handler handler = new Handler(endpoints, authorization, limits, refused);
    HttpServer http =
        HttpServer.create()
            .host(listen.host())
            .port(listen.port())
            .runOn(loops)
            .idleTimeout(Connections.IDLE)
            .requestTimeout(Connections.ARRIVAL)
            .httpRequestDecoder(
                spec -> spec.maxInitialLineLength(MAX_REQUEST_LINE).maxHeaderSize(MAX_HEADERS))
            .doOnChannelInit((observer, channel, address) -> connections.opened(channel))
            .handle((request, response) -> handler.handle(request, response));
    try {
      return new HttpService(http.bindNow(), parts);
    } catch (ChannelBindException e) {
      parts.dispose();
      throw new ListenException(
          "--http-listen %s: cannot listen there: %s; is another gateway running? Choose another"
                  .formatted(listen, reason(e))
              + " address or port");
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Answers requests. */
  private record Handler(
      List<Endpoint> endpoints,
      Authorization authorization,
      Limits limits,
      RefusedRequests refused) {

    Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
      String path = path(request);
      if (path == null) {
        return write(request, response, Reply.error(400, "the path cannot be decoded"));
      }
      return Mono.defer(() -> answer(path, request, response))
          .onErrorResume(
              RequestBody.LostException.class,
              e -> {
                log.debug("{} {}: {}", request.method(), Shown.of(path), e.getMessage());
                // Its connection ends: an answer would only have Reactor Netty report that error
                // again.
                return Mono.never();
              })
          .onErrorResume(
              e -> {
                log.error("{} {} failed", request.method(), Shown.of(path), e);
                return Mono.just(Reply.error(500, "internal error; see the gateway's log"));
              })
          .flatMap(reply -> write(request, response, reply));
    }

    /** Finds who answers. */
    private Mono<Reply> answer(
        String path, HttpServerRequest request, HttpServerResponse response) {
      Connections.Connection connection = Connections.of(request);
      if (connection != null && connection.isOfReserve()) {
        response.keepAlive(false);
        if (!PROBES.contains(path)) {
          return Mono.just(Reply.error(503, "too many connections").retryAfter(SOON));
        }
      }
      for (Endpoint endpoint : endpoints) {
        if (endpoint.serves(path)) {
          return answer(endpoint, path, connection, request, response);
        }
      }
      return Mono.just(Reply.error(404, "not found"));
    }

    private Mono<Reply> answer(
        Endpoint endpoint,
        String path,
        Connections.@Nullable Connection connection,
        HttpServerRequest request,
        HttpServerResponse response) {
      String obstacle = authorization.obstacle(endpoint, request);
      if (obstacle != null) {
        return Mono.just(endpoint.refused(request, 403, obstacle));
      }
      ApiCaller caller = endpoint.isOpen() ? null : authorization.caller(endpoint, request);
      if (!endpoint.isOpen() && caller == null) {
        return authorization.refusal(endpoint, request, response, path);
      }
      HttpMethod method =
          request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.method();
      if (!endpoint.methods().contains(method)) {
        response.header(HttpHeaderNames.ALLOW, allow(endpoint));
        return Mono.just(endpoint.refused(request, 405, "method not allowed"));
      }
      if (connection != null) {
        connection.works();
      }
      if (caller == null) {
        return answer(endpoint, request, null);
      }
      String why = endpoint.access(method).refusal(caller);
      if (why != null) {
        refused.refused(caller, "forbidden", request.method().name(), path, why);
        return Mono.just(endpoint.refused(request, 403, why));
      }
      return limits.within(
          Shares.Kind.REQUESTS, caller, request, answer(endpoint, request, caller));
    }

    private static Mono<Reply> answer(
        Endpoint endpoint, HttpServerRequest request, @Nullable ApiCaller caller) {
      if (RequestBody.isBeyond(request, endpoint.maxBody())) {
        return Mono.just(endpoint.refused(request, 413, TOO_LARGE));
      }
      return endpoint.maxBody() == 0
          ? Mono.defer(() -> endpoint.answer(request, "", caller))
          : RequestBody.read(request, endpoint.maxBody())
              .flatMap(body -> answer(endpoint, request, body, caller));
    }

    private static Mono<Reply> answer(
        Endpoint endpoint,
        HttpServerRequest request,
        RequestBody body,
        @Nullable ApiCaller caller) {
      if (body.isTooLarge()) {
        return Mono.just(endpoint.refused(request, 413, TOO_LARGE));
      }
      String text = body.text();
      return text == null
          ? Mono.just(endpoint.refused(request, 400, "the request's body is not UTF-8 text"))
          : endpoint.answer(request, text, caller);
    }
  }

  /**
   * The path, decoded; null where it cannot be. Reactor Netty decodes it on this first call, and
   * would take the bytes of what is not encoded for Latin-1.
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

  private static String allow(Endpoint endpoint) {
    String methods =
        endpoint.methods().stream()
            .map(HttpMethod::name)
            .sorted()
            .collect(Collectors.joining(", "));
    return endpoint.methods().contains(HttpMethod.GET) ? methods + ", HEAD" : methods;
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

  /** Where it listens, once a free port was chosen. */
  public HostPort address() {
    return new HostPort(server.host(), server.port());
  }

  /** Stops listening and closes all connections. */
  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(3));
    parts.dispose();
  }
}
