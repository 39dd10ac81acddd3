package io.stanzahook.app.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.net.SocketErrors;
import io.stanzahook.settings.HostPort;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** The server behind {@code --http-listen}. */
public final class HttpService implements AutoCloseable {
  /** The maximum length of the request line, in bytes. */
  static final int MAX_REQUEST_LINE = 8 * 1024;

  /** The maximum size of all headers of a request, in bytes. */
  static final int MAX_HEADERS = 16 * 1024;

  /** The maximum number of scrapes that wait for the running one. */
  static final int MAX_WAITING_SCRAPES = 16;

  /** The maximum number of searches through deliveries that wait for the running one. */
  static final int MAX_WAITING_SEARCHES = 64;

  private final DisposableServer server;
  private final Disposable.Composite parts;

  private HttpService(DisposableServer server, Disposable.Composite parts) {
    this.server = server;
    this.parts = parts;
  }

  /**
   * Listens.
   *
   * @param certificate the certificate for HTTPS, asked for again for each connection; null for
   *     plain HTTP, which cannot change later
   * @param loops the server's own event loops; the caller disposes of them
   * @throws ListenException if it cannot listen on the address
   */
  public static HttpService start(
      HostPort listen,
      Supplier<@Nullable ClientCertificate> certificate,
      PrometheusMeterRegistry registry,
      Readiness readiness,
      Administration administration,
      LoopResources loops)
      throws ListenException {
    RefusedRequests refused = new RefusedRequests(registry);
    Limits limits = new Limits(refused);
    HookSignatures signatures =
        new HookSignatures(administration.hookSecrets(), InstantSource.system());
    Authorization authorization =
        new Authorization(administration.credentials(), signatures, refused);
    Sender sender =
        new Sender(
            administration.gateways(),
            administration.ratePerSecond(),
            administration.hooks().roomNick(),
            limits,
            refused);
    Scheduler scrapes = Schedulers.newBoundedElastic(1, MAX_WAITING_SCRAPES, "scrape", 60, true);
    Scheduler searches = Schedulers.newBoundedElastic(1, MAX_WAITING_SEARCHES, "search", 60, true);
    NodeProxy nodes = new NodeProxy(administration.gateways(), certificate, loops);
    Disposable.Composite parts = Disposables.composite(scrapes, searches, refused::close);
    List<Route> routes =
        routes(registry, readiness, administration, sender, limits, scrapes, searches);
    Connections connections = new Connections(refused);
    Router router =
        new Router(
            routes,
            authorization,
            signatures,
            limits,
            refused,
            administration.spans(),
            nodes,
            registry);
    HttpServer http =
        HttpServer.create()
            .host(listen.host())
            .port(listen.port())
            .runOn(loops)
            .idleTimeout(Connections.IDLE)
            .httpRequestDecoder(
                spec -> spec.maxInitialLineLength(MAX_REQUEST_LINE).maxHeaderSize(MAX_HEADERS))
            .doOnChannelInit((observer, channel, address) -> connections.opened(channel))
            .handle((request, response) -> router.handle(request, response));
    if (certificate.get() != null) {
      ServerTls tls = new ServerTls(() -> Objects.requireNonNull(certificate.get()));
      http = http.secure(spec -> spec.sslContext(tls));
    }
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
    return SocketErrors.text(cause);
  }

  /** The table of all routes. Reads files. */
  static List<Route> routes(
      PrometheusMeterRegistry registry,
      Readiness readiness,
      Administration administration,
      Sender sender,
      Limits limits,
      Scheduler scrapes,
      Scheduler searches) {
    Gateways gateways = administration.gateways();
    RecentDeliveries deliveries = administration.deliveries();
    Map<HttpMethod, Access> look = Map.of(HttpMethod.GET, Access.LOOK);
    Map<HttpMethod, Access> change = Map.of(HttpMethod.POST, Access.CHANGE);
    Map<HttpMethod, Access> lookOrChange =
        Map.of(HttpMethod.GET, Access.LOOK, HttpMethod.PATCH, Access.CHANGE);
    Workbench workbench = administration.workbench();
    Notices notices = new Notices(gateways, workbench, InstantSource.system());
    Reply api = document();
    List<Route> routes = new ArrayList<>();
    routes.add(Route.open("/metrics", new MetricsEndpoint(registry, scrapes)));
    routes.add(Route.open("/healthz", request -> Mono.just(Reply.text(200, "ok"))));
    routes.add(Route.open("/readyz", new ReadyEndpoint(readiness, notices)));
    routes.add(Route.open("/openapi.json", request -> Mono.just(api)));
    routes.addAll(ConsolePage.routes(administration.credentials().get()));
    routes.add(
        Route.of("/admin/settings", lookOrChange, new SettingsEndpoint(gateways))
            .withBody(SettingsEndpoint.MAX_BODY));
    routes.add(Route.of("/admin/reload", change, new ReloadEndpoint(administration.reloading())));
    routes.add(Route.of("/admin/edges/balance", change, new BalanceEndpoint(gateways)));
    routes.add(
        Route.of(
            "/admin/deliveries",
            look,
            new DeliveriesEndpoint(
                deliveries, limits, searches, administration.workbench().shown())));
    routes.add(
        Route.of(
            "/admin/events",
            look,
            new EventsEndpoint(gateways, deliveries, registry, limits, notices, workbench.chat())));
    routes.addAll(
        new DeliveryEndpoints(gateways, deliveries, searches, workbench.shown()).routes());
    routes.add(
        Route.of(
                "/admin/chat",
                Map.of(HttpMethod.GET, Access.LOOK, HttpMethod.POST, Access.CHANGE),
                new ChatEndpoint(workbench.chat(), deliveries))
            .withBody(ChatEndpoint.MAX_BODY));
    routes.add(Route.of("/admin/endpoints/try", change, new TryEndpoint(gateways)));
    routes.addAll(new DeadLetterEndpoints(gateways, limits).routes());
    Route.Errors plain = (request, error) -> Sender.refusal(error);
    routes.add(
        Route.sending(
            MessageEndpoint.PATH, false, plain, new MessageEndpoint(sender), HttpMethod.POST));
    routes.add(
        Route.sending(
            HookEndpoint.PATH,
            true,
            HookEndpoint::refused,
            new HookEndpoint(sender, administration.hooks().formats()),
            HttpMethod.POST,
            // Grafana can be told to use it.
            HttpMethod.PUT));
    routes.add(
        Route.sending(
            RestEndpoint.PATH,
            false,
            (request, error) -> RestAnswer.of(request).error(error),
            new RestEndpoint(sender),
            HttpMethod.GET,
            HttpMethod.POST));
    routes.add(
        Route.sending(
                UploadEndpoint.PATH,
                false,
                plain,
                new UploadEndpoint(sender, new UploadService(HttpClient.newConnection())),
                HttpMethod.POST,
                HttpMethod.PUT)
            .withBody(Route.STREAMED));
    return routes;
  }

  private static Reply document() {
    try (InputStream in =
        Objects.requireNonNull(HttpService.class.getResourceAsStream("openapi.json"))) {
      return new Reply(200, SentBody.JSON, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address that it listens on, with the chosen port. */
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
