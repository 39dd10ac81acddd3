package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.BatchSettings;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.order.Concurrency;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.Peer;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookEndpoint;
import io.stanzahook.webhook.WebhookSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Batches where stanzas go to several URLs, over real sockets from end to end. */
@Timeout(180)
class BatchUrlsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String DOMAIN = "gw.localhost";
  private static final String SECRET = "s3cr3t";
  private static final JsonMapper JSON = new JsonMapper();

  private final LoopResources loops = LoopResources.create("batch-urls", 1, true);
  private final Deque<Runnable> started = new ArrayDeque<>();
  private final BlockingQueue<Call> calls = new LinkedTransferQueue<>();
  private final ComponentServer server;
  private final Peer peer = new Peer();

  /** A request: where it came in, and its stanzas. */
  private record Call(int port, String path, String batch, JsonNode stanzas) {}

  BatchUrlsIT() {
    server =
        Objects.requireNonNull(
            ComponentServer.start(ComponentServerSettings.of(DOMAIN, SECRET), loops, peer)
                .block(PATIENCE));
    started.push(() -> server.stop().block(PATIENCE));
  }

  @AfterEach
  void end() {
    while (!started.isEmpty()) {
      started.pop().run();
    }
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  /** A webhook that answers once it may, with that status. */
  private int webhook(int status, Mono<Void> may) {
    DisposableServer webhook =
        HttpServer.create()
            .runOn(loops)
            .host("127.0.0.1")
            .port(0)
            .handle((request, response) -> took(request, response, status, may))
            .bindNow(PATIENCE);
    started.push(() -> webhook.disposeNow(PATIENCE));
    return webhook.port();
  }

  private Mono<Void> took(
      HttpServerRequest request, HttpServerResponse response, int status, Mono<Void> may) {
    int port = Objects.requireNonNull(request.hostAddress()).getPort();
    return request
        .receive()
        .aggregate()
        .asString()
        .flatMap(
            body -> {
              String batch = request.requestHeaders().get("webhook-batch", "");
              calls.add(new Call(port, request.uri(), batch, JSON.readTree(body)));
              return may.then(response.status(status).send());
            });
  }

  private Gateway start(Map<String, Object> urls, BatchSettings batches, RetrySettings retry)
      throws InterruptedException {
    WebhookSettings webhook =
        TestSettings.webhook(
            UrlTemplate.parse("http://127.0.0.1:1/"),
            List.of(),
            Duration.ofSeconds(60),
            262_144,
            10,
            16,
            "test");
    Gateway gateway =
        ComponentGateway.start(
            new GatewaySettings(
                TestSettings.component(server.port(), DOMAIN, SECRET),
                Settings.with(webhook, urls),
                TestSettings.dispatch(
                    Set.of(StanzaKind.MESSAGE, StanzaKind.PRESENCE),
                    new FlowSettings(Concurrency.of(4), 1000, FlowSettings.Overload.BACKPRESSURE)
                        .withBatch(batches),
                    retry),
                TestSettings.local(LocalSettings.DEFAULT_NAME, "0"),
                null,
                RoomSettings.NONE),
            loops,
            DeliveryListener.NONE,
            StreamListener.NONE);
    started.push(() -> gateway.stop(Duration.ZERO).block(PATIENCE));
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
    return gateway;
  }

  private static List<UrlTemplate> url(int port, String path) {
    return List.of(UrlTemplate.parse("http://127.0.0.1:%d%s".formatted(port, path)));
  }

  /** Waits for more, for as long as it may: so a call begins with just so many. */
  private static BatchSettings full(int most) {
    return new BatchSettings(most, Duration.ofMinutes(1), BatchSettings.DEFAULT_BYTES);
  }

  private void send(StanzaKind kind, String to, String from) {
    server
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(
                        kind, Jid.of(to + "@" + DOMAIN), Jid.of(from + "@localhost/r"))
                    .textChild(Namespaces.COMPONENT, "body", from)
                    .build()))
        .block(PATIENCE);
  }

  private void sendTen(StanzaKind kind, String from) {
    for (int i = 0; i < 10; i++) {
      send(kind, "bot", from + i);
    }
  }

  private Call call() throws InterruptedException {
    return Objects.requireNonNull(calls.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "a call");
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).isNegative();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  @Test
  void stanzasWhosePathsDifferShareNoBatch() throws Exception {
    Sinks.Empty<Void> gate = Sinks.empty();
    int port = webhook(204, gate.asMono());
    Gateway gateway =
        start(
            Map.of("post-url", url(port, "/hooks/{to.local}")),
            BatchSettings.of(10),
            RetrySettings.NEVER);
    List<String> bots = List.of("weather", "orders", "games");
    for (int i = 0; i < 90; i++) {
      send(StanzaKind.MESSAGE, bots.get(i % 3), "u" + i);
    }
    // All four places are taken, by at most ten each, and the others wait, mixed as they came.
    await(() -> gateway.queued() >= 50);
    gate.tryEmitEmpty();
    List<String> senders = new ArrayList<>();
    int largest = 0;
    while (senders.size() < 90) {
      Call call = call();
      assertThat(call.stanzas().size()).isEqualTo(Integer.parseInt(call.batch()));
      largest = Math.max(largest, call.stanzas().size());
      for (JsonNode stanza : call.stanzas()) {
        assertThat(call.path())
            .isEqualTo("/hooks/" + stanza.get("to").asString().replace("@" + DOMAIN, ""));
        senders.add(stanza.get("from").asString());
      }
    }
    assertThat(senders).hasSize(90).doesNotHaveDuplicates();
    assertThat(largest).isGreaterThan(1);
  }

  @Test
  void kindsWithUrlsOfTheirOwnShareNoneAndTheBreakerOfOneCountsItsCalls() throws Exception {
    int well = webhook(204, Mono.empty());
    int ill = webhook(503, Mono.empty());
    Gateway gateway =
        start(
            Map.of(
                "post-url", url(well, "/"),
                "post-url-presence", url(ill, "/presence")),
            full(10),
            RetrySettings.NEVER);
    WebhookEndpoint messages = endpoint(gateway, well);
    WebhookEndpoint presences = endpoint(gateway, ill);
    for (int i = 1; i <= 20; i++) {
      if (i % 10 == 1) {
        sendTen(StanzaKind.MESSAGE, "m" + i + "-");
      }
      sendTen(StanzaKind.PRESENCE, "p" + i + "-");
      int ended = i;
      await(() -> presences.calls("answered") == ended);
      // So 190 stanzas have failed in 19 calls, which are too few to judge by.
      assertThat(presences.breakerState())
          .isEqualTo(i < 20 ? BreakerState.CLOSED : BreakerState.OPEN);
    }
    assertThat(messages.breakerState()).isEqualTo(BreakerState.CLOSED);
    await(() -> messages.calls("ok") == 2);
    for (int i = 0; i < 22; i++) {
      Call call = call();
      assertThat(call.batch()).isEqualTo("10");
      String kind = call.port() == well ? "message" : "presence";
      assertThat(call.stanzas()).allMatch(each -> each.get("kind").asString().equals(kind));
    }
    // The other one goes on.
    sendTen(StanzaKind.MESSAGE, "last");
    assertThat(call().port()).isEqualTo(well);
    assertThat(calls).isEmpty();
  }

  @Test
  void aBatchGoesWholeToOneOfSeveralEndpointsAndToAnotherWhereItIsAway() throws Exception {
    int away = Ports.free();
    int well = webhook(204, Mono.empty());
    List<UrlTemplate> both = new ArrayList<>(url(away, "/"));
    both.addAll(url(well, "/"));
    Gateway gateway = start(Map.of("post-url", both), full(10), RetrySettings.DEFAULT);
    for (int i = 0; i < 200; i++) {
      send(StanzaKind.MESSAGE, "bot", "u" + i);
    }
    List<String> senders = new ArrayList<>();
    int posts = 0;
    while (senders.size() < 200) {
      Call call = call();
      assertThat(call.stanzas().size()).isEqualTo(Integer.parseInt(call.batch()));
      call.stanzas().forEach(each -> senders.add(each.get("from").asString()));
      posts++;
    }
    assertThat(senders).hasSize(200).doesNotHaveDuplicates();
    int calls = posts;
    await(() -> endpoint(gateway, well).calls("ok") == calls);
    // A batch that was tried there in vain counts once, and its next call goes to the other.
    assertThat(endpoint(gateway, away).calls("not_sent")).isBetween(1L, (long) calls);
  }

  private static WebhookEndpoint endpoint(Gateway gateway, int port) {
    return gateway.endpoints().stream()
        .filter(each -> each.name().endsWith(":" + port))
        .findFirst()
        .orElseThrow();
  }
}
