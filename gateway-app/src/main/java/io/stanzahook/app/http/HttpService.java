package io.stanzahook.app.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
  /** Connections at most; further ones are closed at once. */
  static final int MAX_CONNECTIONS = 256;

  /** The request line's length at most, in bytes. */
  static final int MAX_REQUEST_LINE = 8 * 1024;

  /** All headers of a request together, at most, in bytes. */
  static final int MAX_HEADERS = 16 * 1024;

  /** Scrapes that wait for the one under way, at most; further ones are refused. */
  static final int MAX_WAITING_SCRAPES = 16;

  /** How long a connection may stay without a request. */
  private static final Duration IDLE = Duration.ofSeconds(75);

  /** How long a request may take to arrive. */
  private static final Duration ARRIVAL = Duration.ofSeconds(10);

  private static final int MAX_ASCII = 0x7f;

  private static final String TOO_LARGE = "the request's body is too large";

  private static final Logger log = LoggerFactory.getLogger(HttpService.class);

  private final DisposableServer server;
  private final Scheduler scrapes;

  private HttpService(DisposableServer server, Scheduler scrapes) {
    this.server = server;
    this.scrapes = scrapes;
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
    Authorization authorization = new Authorization(administration.credentials());
    Sender sender =
        new Sender(
            administration.gateways(),
            administration.ratePerSecond(),
            administration.hooks().roomNick());
    Scheduler scrapes = Schedulers.newBoundedElastic(1, MAX_WAITING_SCRAPES, "scrape", 60, true);
    List<Endpoint> endpoints =
        new ArrayList<>(
            List.of(
                new MetricsEndpoint(registry, scrapes),
                new HealthEndpoint(),
                new ReadyEndpoint(readiness),
                new SettingsEndpoint(administration.gateways()),
                new ReloadEndpoint(administration.reloading()),
                new DeliveriesEndpoint(administration.deliveries()),
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
        new EventsEndpoint(administration.gateways(), administration.deliveries(), registry));
    endpoints.addAll(ConsoleEndpoint.all(administration.credentials().get()));
    endpoints.addAll(new DeadLetterEndpoints(administration.gateways()).all());
    AtomicInteger connections = new AtomicInteger();
    HttpServer http =
        HttpServer.create()
            .host(listen.host())
            .port(listen.port())
            .runOn(loops)
            .idleTimeout(IDLE)
            .requestTimeout(ARRIVAL)
            .httpRequestDecoder(
                spec -> spec.maxInitialLineLength(MAX_REQUEST_LINE).maxHeaderSize(MAX_HEADERS))
            .doOnChannelInit((observer, channel, address) -> bound(channel, connections))
            .handle((request, response) -> handle(endpoints, authorization, request, response));
    try {
      return new HttpService(http.bindNow(), scrapes);
    } catch (ChannelBindException e) {
      scrapes.dispose();
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

  private static void bound(Channel channel, AtomicInteger connections) {
    if (channel.parent() == null) {
      return;
    }
    channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    if (connections.incrementAndGet() > MAX_CONNECTIONS) {
      var unused = channel.close();
    }
  }

  private static Publisher<Void> handle(
      List<Endpoint> endpoints,
      Authorization authorization,
      HttpServerRequest request,
      HttpServerResponse response) {
    String path = path(request);
    if (path == null) {
      return write(request, response, Reply.error(400, "the path cannot be decoded"));
    }
    return Mono.defer(() -> answer(endpoints, authorization, path, request, response))
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

  /**
   * Finds who answers. A body that is refused is still read to its end, and dropped: closing on it
   * would reset the connection, and the client would not see why.
   */
  private static Mono<Reply> answer(
      List<Endpoint> endpoints,
      Authorization authorization,
      String path,
      HttpServerRequest request,
      HttpServerResponse response) {
    HttpMethod method =
        request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.method();
    for (Endpoint endpoint : endpoints) {
      if (!endpoint.serves(path)) {
        continue;
      }
      String obstacle = authorization.obstacle(endpoint, request);
      if (obstacle != null) {
        return Mono.just(endpoint.refused(request, 403, obstacle));
      }
      ApiCaller caller = endpoint.isOpen() ? null : authorization.caller(endpoint, request);
      if (!endpoint.isOpen() && caller == null) {
        return Mono.just(authorization.refusal(endpoint, request, response));
      }
      if (!endpoint.methods().contains(method)) {
        response.header(HttpHeaderNames.ALLOW, allow(endpoint));
        return Mono.just(endpoint.refused(request, 405, "method not allowed"));
      }
      if (RequestBody.isBeyond(request, endpoint.maxBody())) {
        return Mono.just(endpoint.refused(request, 413, TOO_LARGE));
      }
      return endpoint.maxBody() == 0
          ? Mono.defer(() -> endpoint.answer(request, "", caller))
          : RequestBody.read(request, endpoint.maxBody())
              .flatMap(body -> answer(endpoint, request, body, caller));
    }
    return Mono.just(Reply.error(404, "not found"));
  }

  private static Mono<Reply> answer(
      Endpoint endpoint, HttpServerRequest request, RequestBody body, @Nullable ApiCaller caller) {
    if (body.isTooLarge()) {
      return Mono.just(endpoint.refused(request, 413, TOO_LARGE));
    }
    String text = body.text();
    return text == null
        ? Mono.just(endpoint.refused(request, 400, "the request's body is not UTF-8 text"))
        : endpoint.answer(request, text, caller);
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
    scrapes.dispose();
  }
}
