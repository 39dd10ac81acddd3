package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.ComponentGateway;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** Two components in one program, with a server and webhooks over real sockets: none starves. */
class FairnessIT extends ComponentsFixture {
  private static final String A = "a.example";
  private static final String B = "b.example";
  private static final int FLOOD = 3_000;

  private final LoopResources loops = LoopResources.create("fairness", 1, true);
  private final Counted a = new Counted();
  private final Counted b = new Counted();

  /** Completes with how many of the other component's were answered once one's all are. */
  private final CompletableFuture<Integer> first = new CompletableFuture<>();

  private final List<DisposableServer> webhooks = new ArrayList<>();
  private @Nullable ComponentServer server;

  /** What came back from a component. */
  private static final class Counted {
    private final AtomicInteger all = new AtomicInteger();
    private final LinkedTransferQueue<Stanza> each = new LinkedTransferQueue<>();
  }

  @Override
  GatewayStarter starter() {
    return ComponentGateway::start;
  }

  @BeforeEach
  void startServer() {
    server =
        ComponentServer.start(
                new ComponentServerSettings(
                    ComponentServerSettings.LOOPBACK,
                    0,
                    Map.of(A, "s3cr3t", B, "s3cr3t"),
                    WireLimits.DEFAULTS,
                    2 * FLOOD),
                loops,
                new ComponentServerListener() {
                  @Override
                  public void received(Stanza stanza) {
                    count(stanza);
                  }
                })
            .block(LIMIT);
  }

  private void count(Stanza stanza) {
    Counted own = stanza.from().hasDomain(A) ? a : b;
    Counted other = own == a ? b : a;
    own.each.add(stanza);
    if (own.all.incrementAndGet() == FLOOD) {
      first.complete(other.all.get());
    }
  }

  @AfterEach
  void stopServer() {
    webhooks.forEach(webhook -> webhook.disposeNow(LIMIT));
    running().stop().block(LIMIT);
    loops.disposeLater(Duration.ofMillis(100), LIMIT).block(LIMIT);
  }

  private ComponentServer running() {
    return Objects.requireNonNull(server);
  }

  /** One that answers each message, once it may. */
  private String webhook(Mono<Void> mayAnswer) {
    DisposableServer started =
        HttpServer.create()
            .runOn(loops)
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .then(mayAnswer)
                        .then(
                            response
                                .header("Content-Type", "application/json")
                                .sendString(Mono.just("{\"body\":\"ok\"}"))
                                .then()))
            .bindNow(LIMIT);
    webhooks.add(started);
    return "http://127.0.0.1:" + started.port() + "/";
  }

  private void start(String entryOfA, String entryOfB) throws Exception {
    run("server: 127.0.0.1:%d\n".formatted(running().port()) + list(A + entryOfA, B + entryOfB));
    while (!(running().isConnected(A) && running().isConnected(B))) {
      Thread.onSpinWait();
    }
  }

  /** Messages of as many users, so that no order holds them back. */
  private void flood(String domain) {
    for (int i = 0; i < FLOOD; i++) {
      send(domain, i);
    }
  }

  private void send(String domain, int number) {
    running()
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(
                        StanzaKind.MESSAGE,
                        Jid.of("bot@" + domain),
                        Jid.of("user" + number + "@localhost/x"))
                    .attribute("type", "chat")
                    .textChild(Namespaces.COMPONENT, "body", "m" + number)
                    .build()))
        .subscribe();
  }

  private double metric(String name, String domain) throws Exception {
    String line = name + "{component=\"" + domain + "\"} ";
    return get("/metrics")
        .body()
        .lines()
        .filter(each -> each.startsWith(line))
        .mapToDouble(each -> Double.parseDouble(each.substring(line.length())))
        .sum();
  }

  @Test
  void aWebhookThatHangsHoldsBackNobodyElse() throws Exception {
    start(
        ", concurrency: 8, queue: 100, post_url: '%s'".formatted(webhook(Mono.never())),
        ", post_url: '%s'".formatted(webhook(Mono.empty())));

    flood(A);

    for (int i = 0; i < 300; i++) {
      send(B, i);
      assertThat(b.each.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("answer " + i).isNotNull();
    }
    assertThat(a.all).hasValue(0);
    assertThat(metric("stanzahook_webhook_in_flight", A)).isEqualTo(8);
    assertThat(metric("stanzahook_webhook_in_flight", B)).isZero();
    assertThat(metric("stanzahook_queue_depth", A)).isBetween(92.0, 101.0);
    assertThat(metric("stanzahook_stream_connects_total", A)).isEqualTo(1);
  }

  @Test
  void twoThatAreFloodedBothGoOn() throws Exception {
    CompletableFuture<Void> open = new CompletableFuture<>();
    Mono<Void> opened = Mono.fromFuture(open, true);
    String same = ", concurrency: 16, queue: 10000, timeout: 60s, post_url: '%s'";
    start(same.formatted(webhook(opened)), same.formatted(webhook(opened)));
    flood(A);
    flood(B);
    for (String domain : List.of(A, B)) {
      while (metric("stanzahook_queue_depth", domain) < FLOOD - 16) {
        Thread.onSpinWait();
      }
    }

    open.complete(null);

    // Both had all of it before them at the same moment: had one waited for the other, the other
    // would be done before it had begun.
    assertThat(first.get(120, TimeUnit.SECONDS)).isGreaterThan(FLOOD / 4);
    for (Counted each : List.of(a, b)) {
      for (int i = 0; i < FLOOD; i++) {
        assertThat(each.each.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
      }
    }
  }
}
