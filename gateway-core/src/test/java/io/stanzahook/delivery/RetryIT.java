package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import io.stanzahook.Ports;
import io.stanzahook.TestSettings;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.order.Concurrency;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.KindWebhooks;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import io.stanzahook.xml.XmlElement;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import reactor.test.publisher.TestPublisher;

/** Retries over HTTP, against a webhook that is down, busy, gone, or breaks off. */
@Timeout(60)
class RetryIT {
  private static final String DOMAIN = "gw.localhost";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final LoopResources loops = LoopResources.create("retry-it", 1, true);
  private final BlockingQueue<OutboundStanza> sent = new LinkedTransferQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final TestPublisher<Stanza> stream = TestPublisher.create();
  private @Nullable DisposableServer server;
  private @Nullable KindWebhooks webhook;
  private @Nullable Dispatcher dispatcher;

  private record Request(String id, int attempt, String body) {}

  /** Answers the request of that number, from 1. */
  private interface Script {
    Publisher<Void> answer(int number, HttpServerResponse response);
  }

  @AfterEach
  void end() {
    if (dispatcher != null) {
      dispatcher.drain(Duration.ZERO).block(PATIENCE);
    }
    if (webhook != null) {
      webhook.dispose().block(PATIENCE);
    }
    if (server != null) {
      server.disposeNow(PATIENCE);
    }
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private int serve(int port, Script script) {
    DisposableServer started =
        HttpServer.create()
            .runOn(loops)
            .bindAddress(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .handle(
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .asString()
                        .defaultIfEmpty("")
                        .flatMap(
                            body -> {
                              HttpHeaders headers = request.requestHeaders();
                              requests.add(
                                  new Request(
                                      headers.get("webhook-id"),
                                      Integer.parseInt(headers.get("webhook-attempt")),
                                      body));
                              return Mono.from(script.answer(requests.size(), response));
                            }))
            .bindNow(PATIENCE);
    server = started;
    return started.port();
  }

  private static Publisher<Void> ok(HttpServerResponse response) {
    return response.header("Content-Type", "text/plain").sendString(Mono.just("hello"));
  }

  private void start(int port) {
    WebhookSettings settings =
        TestSettings.webhook(
            UrlTemplate.parse("http://127.0.0.1:" + port + "/hook"),
            List.of(),
            Duration.ofSeconds(5),
            65_536,
            10,
            WebhookSettings.connectionsFor(100),
            "test");
    webhook = new KindWebhooks(settings, DOMAIN, loops, event -> {});
    dispatcher =
        new Dispatcher(
            DOMAIN,
            TestSettings.dispatch(
                EnumSet.of(StanzaKind.MESSAGE),
                new FlowSettings(Concurrency.of(50), 1000, Overload.BACKPRESSURE),
                RetrySettings.DEFAULT),
            stanza -> null,
            webhook,
            stanzas -> Mono.fromRunnable(() -> sent.addAll(stanzas)),
            DeliveryListener.NONE,
            DispatchClock.system(),
            MemoryJournal::new);
    stream.subscribe(dispatcher.intake());
  }

  private void say(String from) {
    stream.next(
        Stanzas.of(
            "<message from='%s@localhost' to='bot@gw.localhost' type='chat'><body>x</body></message>"
                .formatted(from)));
  }

  private OutboundStanza next() throws InterruptedException {
    OutboundStanza stanza = sent.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(stanza).isNotNull();
    return stanza;
  }

  private void assertAnsweredOnce() throws InterruptedException {
    assertThat(next().type()).isEqualTo("chat");
    assertThat(sent).isEmpty();
    assertThat(requests).extracting(Request::id).containsOnly(requests.get(0).id());
    assertThat(requests).extracting(Request::body).containsOnly(requests.get(0).body());
  }

  private void assertAttempts(int count) {
    assertThat(requests)
        .extracting(Request::attempt)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, count).boxed().toList());
  }

  @Test
  void aServerThatComesUpWithinTheTimeAnswersOnce() throws Exception {
    int port = Ports.free();
    start(port);
    say("ann");
    assertThat(sent.poll(1500, TimeUnit.MILLISECONDS)).isNull();
    serve(port, (number, response) -> ok(response));
    assertAnsweredOnce();
    assertThat(requests).hasSize(1);
    assertThat(requests.get(0).attempt()).isGreaterThan(2);
  }

  @Test
  void manyWaitForIt_behindABreaker_andEachIsAnsweredOnce() throws Exception {
    int port = Ports.free();
    start(port);
    for (int i = 0; i < 200; i++) {
      say("user" + i);
    }
    assertThat(sent.poll(2000, TimeUnit.MILLISECONDS)).isNull();
    assertThat(webhook.state()).isNotEqualTo(BreakerState.CLOSED);
    assertThat(dispatcher.queued()).isGreaterThan(150);
    serve(port, (number, response) -> ok(response));
    for (int i = 0; i < 200; i++) {
      assertThat(next().type()).isEqualTo("chat");
    }
    assertThat(sent).isEmpty();
    assertThat(webhook.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(requests).extracting(Request::id).doesNotHaveDuplicates().hasSize(200);
  }

  @Test
  void retryAfterIsKept() throws Exception {
    start(
        serve(
            0,
            (number, response) ->
                number == 1
                    ? response.status(503).header("Retry-After", "1").send()
                    : ok(response)));
    long asked = System.nanoTime();
    say("ann");
    assertAnsweredOnce();
    assertThat(System.nanoTime() - asked).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertAttempts(2);
  }

  @Test
  void aResponseThatBreaksOffIsTriedAgain() throws Exception {
    start(
        serve(
            0,
            (number, response) ->
                number <= 2
                    ? response
                        .header("Content-Type", "text/plain")
                        .header("Content-Length", "100")
                        .send(ByteBufFlux.fromString(Mono.just("half")))
                        .then(
                            Mono.fromRunnable(
                                () -> response.withConnection(peer -> peer.channel().close())))
                    : ok(response)));
    say("ann");
    assertAnsweredOnce();
    assertAttempts(3);
  }

  @Test
  void anEndpointThatIsGoneIsCalledOnce() throws Exception {
    start(serve(0, (number, response) -> response.status(410).send()));
    for (int i = 0; i < 3; i++) {
      say("ann" + i);
      OutboundStanza told = next();
      assertThat(told.type()).isEqualTo("error");
      XmlElement error = told.element().child("jabber:component:accept", "error");
      assertThat(error).isNotNull();
      assertThat(error.child("urn:ietf:params:xml:ns:xmpp-stanzas", "gone")).isNotNull();
    }
    assertThat(requests).hasSize(1);
  }
}
