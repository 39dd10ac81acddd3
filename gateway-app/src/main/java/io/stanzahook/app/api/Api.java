package io.stanzahook.app.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.admin.BalanceEndpoint;
import io.stanzahook.app.admin.ChatEndpoint;
import io.stanzahook.app.admin.ChatWebhookEndpoint;
import io.stanzahook.app.admin.DeadLetterEndpoints;
import io.stanzahook.app.admin.DeliveriesEndpoint;
import io.stanzahook.app.admin.DeliveryEndpoints;
import io.stanzahook.app.admin.EventsEndpoint;
import io.stanzahook.app.admin.MetricsEndpoint;
import io.stanzahook.app.admin.Notices;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.admin.ReadyEndpoint;
import io.stanzahook.app.admin.ReloadEndpoint;
import io.stanzahook.app.admin.Searches;
import io.stanzahook.app.admin.SettingsEndpoint;
import io.stanzahook.app.admin.TryEndpoint;
import io.stanzahook.app.admin.Workbench;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.hooks.HookEndpoint;
import io.stanzahook.app.hooks.HookSignatures;
import io.stanzahook.app.http.Access;
import io.stanzahook.app.http.ConsolePage;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.HttpService;
import io.stanzahook.app.http.Limits;
import io.stanzahook.app.http.ListenException;
import io.stanzahook.app.http.RefusedRequests;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Route;
import io.stanzahook.app.http.SentBody;
import io.stanzahook.app.nodes.NodeProxy;
import io.stanzahook.app.send.MessageEndpoint;
import io.stanzahook.app.send.RestEndpoint;
import io.stanzahook.app.send.Sender;
import io.stanzahook.app.upload.UploadEndpoint;
import io.stanzahook.settings.HostPort;
import io.stanzahook.tls.ClientCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** What {@code --http-listen} serves: the table of all routes. */
public final class Api {
  /** The maximum number of scrapes that wait for the running one. */
  static final int MAX_WAITING_SCRAPES = 16;

  /** The maximum number of searches through deliveries that wait for the running one. */
  static final int MAX_WAITING_SEARCHES = 64;

  private Api() {}

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
    Scheduler scrapes = Schedulers.newBoundedElastic(1, MAX_WAITING_SCRAPES, "scrape", 60, true);
    Scheduler searches = Schedulers.newBoundedElastic(1, MAX_WAITING_SEARCHES, "search", 60, true);
    return HttpService.start(
        listen,
        certificate,
        administration.credentials(),
        routes(registry, readiness, administration, limits, scrapes, searches),
        limits,
        administration.spans(),
        new NodeProxy(administration.gateways(), certificate, registry, loops),
        registry,
        Disposables.composite(scrapes, searches, refused::close),
        loops);
  }

  /** The table. Reads files. */
  static List<Route> routes(
      PrometheusMeterRegistry registry,
      Readiness readiness,
      Administration administration,
      Limits limits,
      Scheduler scrapes,
      Scheduler searching) {
    Gateways gateways = administration.gateways();
    RecentDeliveries deliveries = administration.deliveries();
    Workbench workbench = administration.workbench();
    Notices notices = new Notices(gateways, workbench, InstantSource.system());
    Searches searches = new Searches(searching);
    Sender sender =
        new Sender(
            gateways, administration.ratePerSecond(), administration.hooks().roomNick(), limits);
    Map<HttpMethod, Access> look = Map.of(HttpMethod.GET, Access.LOOK);
    Map<HttpMethod, Access> change = Map.of(HttpMethod.POST, Access.CHANGE);
    Map<HttpMethod, Access> lookOrChange =
        Map.of(HttpMethod.GET, Access.LOOK, HttpMethod.PATCH, Access.CHANGE);
    Map<HttpMethod, Access> lookOrSay =
        Map.of(HttpMethod.GET, Access.LOOK, HttpMethod.POST, Access.CHANGE);
    List<Route> routes = new ArrayList<>();
    routes.add(Route.open("/metrics", new MetricsEndpoint(registry, scrapes)));
    routes.add(Route.open("/healthz", request -> Mono.just(Reply.text(200, "ok"))));
    routes.add(Route.open("/readyz", new ReadyEndpoint(readiness, notices)));
    Reply document = document();
    routes.add(Route.open("/openapi.json", request -> Mono.just(document)));
    routes.addAll(ConsolePage.routes(administration.credentials().get()));
    routes.add(
        Route.of("/admin/settings", lookOrChange, new SettingsEndpoint(gateways))
            .withBody(SettingsEndpoint.MAX_BODY));
    routes.add(Route.of("/admin/reload", change, new ReloadEndpoint(administration.reloading())));
    routes.add(Route.of("/admin/edges/balance", change, new BalanceEndpoint(gateways)));
    routes.add(
        Route.of(
            DeliveryEndpoints.PATH,
            look,
            new DeliveriesEndpoint(deliveries, limits, searches, workbench.shown())));
    routes.addAll(
        new DeliveryEndpoints(gateways, deliveries, searches, workbench.shown()).routes());
    routes.add(
        Route.of(
            "/admin/events",
            look,
            new EventsEndpoint(
                gateways, deliveries, registry, limits, notices, readiness, workbench.chat())));
    routes.add(
        Route.of("/admin/chat", lookOrSay, new ChatEndpoint(workbench.chat(), deliveries))
            .withBody(ChatEndpoint.MAX_BODY));
    routes.add(
        Route.of("/admin/chat/webhook", change, new ChatWebhookEndpoint(workbench.chat()))
            .withBody(ChatWebhookEndpoint.MAX_BODY));
    routes.add(Route.of("/admin/endpoints/try", change, new TryEndpoint(gateways)));
    routes.addAll(new DeadLetterEndpoints(gateways, limits).routes());
    routes.add(new MessageEndpoint(sender).route());
    routes.add(
        new HookEndpoint(sender, administration.hooks().formats())
            .route(new HookSignatures(administration.hookSecrets(), InstantSource.system())));
    routes.add(new RestEndpoint(sender).route());
    routes.add(new UploadEndpoint(sender).route());
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
}
