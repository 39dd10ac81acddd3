package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.order.Concurrency;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.webhook.UrlTemplate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** A server, a webhook whose answer can be changed, and a gateway with a spool between them. */
public final class SpooledGateway implements AutoCloseable {
  public static final String DOMAIN = "gw.localhost";
  public static final String SECRET = "s3cr3t";
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What the webhook was sent. */
  public final BlockingQueue<Request> requests = new LinkedTransferQueue<>();

  /** What came back to the senders. */
  public final BlockingQueue<Stanza> replies = new LinkedTransferQueue<>();

  private final LoopResources loops = LoopResources.create("spooled", 1, true);
  private final ComponentServer server;
  private final DisposableServer webhook;
  private final BlockingQueue<String> connected = new LinkedTransferQueue<>();
  private volatile Answer answer = SpooledGateway::hello;
  private @Nullable Gateway gateway;

  /** One request to the webhook. */
  public record Request(String id, int attempt, String body) {}

  /** What the webhook does with a request. */
  public interface Answer {
    Publisher<Void> to(HttpServerResponse response);
  }

  /** Starts server and webhook. */
  public SpooledGateway() {
    server =
        ComponentServer.start(ComponentServerSettings.of(DOMAIN, SECRET), loops, new Peer())
            .block(PATIENCE);
    webhook =
        HttpServer.create()
            .runOn(loops)
            .host("127.0.0.1")
            .port(0)
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
                              return Mono.from(answer.to(response));
                            }))
            .bindNow(PATIENCE);
  }

  private final class Peer implements ComponentServerListener {
    @Override
    public void connected(String domain) {
      connected.add(domain);
    }

    @Override
    public void received(Stanza stanza) {
      replies.add(stanza);
    }
  }

  /** The webhook is well. */
  public static Publisher<Void> hello(HttpServerResponse response) {
    return response.header("Content-Type", "text/plain").sendString(Mono.just("hello"));
  }

  /** What the webhook does from now on. */
  public void webhook(Answer next) {
    answer = next;
  }

  public int serverPort() {
    return server.port();
  }

  public String url() {
    return "http://127.0.0.1:" + webhook.port() + "/hook";
  }

  /** Starts a gateway, and waits until it is connected. */
  public Gateway start(Path folder, DeliveryListener listener) throws InterruptedException {
    Gateway started =
        ComponentGateway.start(
            settings(new SpoolSettings(folder, 1 << 30)), loops, listener, StreamListener.NONE);
    gateway = started;
    awaitConnection();
    return started;
  }

  /** Waits until a component is connected that was not before. */
  public void awaitConnection() throws InterruptedException {
    assertThat(connected.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(DOMAIN);
  }

  /** Settings of a gateway that tries each message once. */
  public GatewaySettings settings(SpoolSettings spool) {
    return new GatewaySettings(
        TestSettings.component(server.port(), DOMAIN, SECRET),
        TestSettings.webhook(
            UrlTemplate.parse(url()), List.of(), Duration.ofSeconds(20), 262_144, 10, 16, "test"),
        TestSettings.dispatch(
            Set.of(StanzaKind.MESSAGE),
            new FlowSettings(Concurrency.of(16), 1000, FlowSettings.Overload.BACKPRESSURE),
            RetrySettings.NEVER),
        TestSettings.local(LocalSettings.DEFAULT_NAME, "0"),
        spool,
        RoomSettings.NONE);
  }

  /** A user sends the component a message. */
  public void say(String from, String body) {
    server
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(
                        StanzaKind.MESSAGE, Jid.of("bot@" + DOMAIN), Jid.of(from + "@localhost/r"))
                    .attribute("type", "chat")
                    .textChild(Namespaces.COMPONENT, "body", body)
                    .build()))
        .block(PATIENCE);
  }

  /** The next request to the webhook. */
  public Request request() throws InterruptedException {
    Request request = requests.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(request).as("a request").isNotNull();
    return request;
  }

  /** The next stanza to a user. */
  public Stanza reply() throws InterruptedException {
    Stanza reply = replies.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(reply).as("a reply").isNotNull();
    return reply;
  }

  /** Ends the gateway. */
  public void stop() {
    Gateway running = gateway;
    gateway = null;
    if (running != null) {
      running.stop(Duration.ZERO).block(PATIENCE);
    }
  }

  @Override
  public void close() {
    stop();
    server.stop().block(PATIENCE);
    webhook.disposeNow(PATIENCE);
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }
}
