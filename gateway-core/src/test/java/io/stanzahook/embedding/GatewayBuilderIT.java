package io.stanzahook.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.GatewayBuilder;
import io.stanzahook.GatewaySettings;
import io.stanzahook.delivery.BatchSettings;
import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.order.Concurrency;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.Settings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentRefusedException;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.stream.TlsSettings;
import io.stanzahook.tls.TrustedCertificates;
import io.stanzahook.webhook.Batching;
import io.stanzahook.webhook.Webhook;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** What is given to the builder has its effect on the gateway that it starts. */
@Timeout(180)
class GatewayBuilderIT extends EmbeddingFixture {
  private final BlockingQueue<String> calls = new LinkedTransferQueue<>();
  private final BlockingQueue<String> told = new LinkedTransferQueue<>();

  /** Answers are empty as soon as this is. */
  private final Sinks.Empty<String> answered = Sinks.empty();

  /** Notes who called, and answers when it is time. */
  private Mono<String> answer(Stanza stanza) {
    calls.add(String.valueOf(stanza.from().local()));
    return answered.asMono().defaultIfEmpty("yes");
  }

  @Test
  void tlsEncryptsAndVerifiesTheServersCertificate() throws Exception {
    TestCa ca = TestCa.create();
    TrustedCertificates trusted = TrustedCertificates.parse(ca.pem());
    ComponentServer secure =
        ComponentServer.startTls(
                ComponentServerSettings.of(DOMAIN, SECRET),
                TestCa.server(ca.issue("127.0.0.1"), "TLSv1.3"),
                loops,
                peer)
            .block(PATIENCE);
    GatewayBuilder builder =
        builder()
            .server(ComponentServerSettings.LOOPBACK, secure.port())
            .listener(
                new StreamListener() {
                  @Override
                  public void disconnected(String reason, String explanation) {
                    told.add(reason);
                  }
                })
            .answers(stanza -> Mono.just("safe"));
    for (TlsSettings refused :
        List.of(TlsSettings.DEFAULTS, new TlsSettings(trusted, null, "xmpp.example.org"))) {
      Gateway distrusting = builder.tls(refused).start();
      assertThat(next(told)).isEqualTo("tls");
      stop(distrusting);
      told.clear();
    }
    Gateway trusting = builder.tls(new TlsSettings(trusted, null, null)).start();
    connected();
    say(secure, StanzaKind.MESSAGE, "chat", "ann", "hello");
    assertThat(peer.next()).contains("<body>safe</body>");
    stop(trusting);
    secure.stop().block(PATIENCE);
  }

  @Test
  void flowLimitsCallsAndRefusesWhatTheQueueCannotHold() throws Exception {
    Gateway gateway =
        builder()
            .flow(new FlowSettings(Concurrency.of(2), 1, FlowSettings.Overload.REJECT))
            .answers(this::answer)
            .start();
    connected();
    for (String who : List.of("ann", "bob", "cid", "dan")) {
      say(who, "hello");
    }
    assertThat(peer.next())
        .contains("to='dan@localhost/r'", "type='error'", "<resource-constraint ");
    assertThat(gateway.concurrencyLimit()).isEqualTo(2);
    assertThat(calls).containsExactly("ann", "bob");
    answered.tryEmitEmpty().orThrow();
    for (int i = 0; i < 3; i++) {
      assertThat(peer.next()).contains("<body>yes</body>");
    }
    assertThat(calls).containsExactly("ann", "bob", "cid");
    stop(gateway);
  }

  @Test
  void flowStopsReadingWhileTheQueueIsFull() throws Exception {
    int many = 200;
    Gateway gateway =
        builder()
            .flow(new FlowSettings(Concurrency.of(1), 1, FlowSettings.Overload.BACKPRESSURE))
            .listener(
                new StreamListener() {
                  @Override
                  public void paused() {
                    told.add("paused");
                  }
                })
            .answers(this::answer)
            .start();
    connected();
    for (int i = 0; i < many; i++) {
      say("ann", "hello");
    }
    assertThat(next(told)).isEqualTo("paused");
    assertThat(calls).hasSize(1);
    answered.tryEmitEmpty().orThrow();
    for (int i = 0; i < many; i++) {
      assertThat(peer.next()).contains("<body>yes</body>");
    }
    stop(gateway);
  }

  @Test
  void batchPutsSeveralStanzasInOneRequest() throws Exception {
    DisposableServer http =
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
                        .flatMap(
                            body -> {
                              calls.add(request.requestHeaders().get("webhook-batch") + body);
                              return response
                                  .header("Content-Type", "application/json")
                                  .sendString(Mono.just("[{\"body\":\"1\"},null,{\"body\":\"3\"}]"))
                                  .then();
                            }))
            .bindNow(PATIENCE);
    Gateway gateway =
        builder()
            .webhook("http://127.0.0.1:%d/".formatted(http.port()))
            .batch(new BatchSettings(3, Duration.ofMinutes(1), BatchSettings.DEFAULT_BYTES))
            .start();
    connected();
    for (String who : List.of("ann", "bob", "cid")) {
      say(who, "from " + who);
    }
    assertThat(next(calls)).startsWith("3[").contains("from ann", "from bob", "from cid");
    assertThat(List.of(peer.next(), peer.next()))
        .anySatisfy(reply -> assertThat(reply).contains("to='ann@localhost/r'", "<body>1</body>"))
        .anySatisfy(reply -> assertThat(reply).contains("to='cid@localhost/r'", "<body>3</body>"));
    assertThat(calls).isEmpty();
    stop(gateway);
    http.disposeNow(PATIENCE);
  }

  @Test
  void javaCodeGetsOneStanzaAtATimeWhateverTheBatch() throws Exception {
    Webhook code =
        new Webhook() {
          @Override
          public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
            calls.add(webhookId);
            return Mono.empty();
          }

          @Override
          public Batching batching() {
            throw new IllegalStateException("nobody is to ask for it");
          }
        };
    Gateway gateway = builder().webhook(code).batch(BatchSettings.of(50)).start();
    connected();
    say("ann", "hello");
    assertThat(next(calls)).startsWith("msg_");
    stop(gateway);
  }

  @Test
  void spoolKeepsMessagesOverARestart(@TempDir Path folder) throws Exception {
    GatewayBuilder builder = builder().spool(new SpoolSettings(folder, 1 << 30));
    Gateway first =
        builder
            .webhook(
                (stanza, webhookId, attempt) -> {
                  calls.add(webhookId);
                  return Mono.never();
                })
            .start();
    connected();
    say("ann", "hello");
    String id = next(calls);
    first.stop(Duration.ZERO).block(PATIENCE);
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);

    Gateway second =
        builder
            .webhook(
                (stanza, webhookId, attempt) -> {
                  calls.add(webhookId);
                  return Mono.empty();
                })
            .start();
    assertThat(next(calls)).isEqualTo(id);
    stop(second);
  }

  @Test
  void spoolKeepsAsManyDeadLettersAsItIsTold(@TempDir Path folder) throws Exception {
    Gateway gateway =
        builder()
            .spool(new SpoolSettings(folder, 1 << 30, 1))
            .retry(RetrySettings.NEVER)
            .listener(
                new DeliveryListener() {
                  @Override
                  public void deadLettersDiscarded(int count) {
                    told.add(count + " discarded");
                  }
                })
            .answers(stanza -> Mono.error(new IllegalStateException("no answer to that")))
            .start();
    connected();
    say("ann", "hello");
    assertThat(peer.next()).contains("to='ann@localhost/r'", "<internal-server-error ");
    say("bob", "hello");
    assertThat(peer.next()).contains("to='bob@localhost/r'", "<internal-server-error ");
    assertThat(next(told)).isEqualTo("1 discarded");
    List<DeadLetter> left = gateway.deadLetters().newest(Long.MAX_VALUE, 10).block(PATIENCE);
    assertThat(left).hasSize(1);
    assertThat(left.get(0).burial().cause()).isEqualTo("status_500");
    stop(gateway);
  }

  @Test
  void withASpoolMessagesAreRetriedAsLongAsByTheProgram(@TempDir Path folder) {
    GatewayBuilder builder = builder().answers(stanza -> Mono.empty());
    assertThat(builder.settings().dispatch().retry().retryFor()).isEqualTo(Duration.ofMinutes(1));
    builder.spool(new SpoolSettings(folder, 1 << 30));
    assertThat(builder.settings().dispatch().retry().retryFor()).isEqualTo(Duration.ofDays(3));
    assertThat(builder.settings().maxPendingAge()).isEqualTo(Duration.ofDays(3));
    builder.retry(RetrySettings.NEVER);
    assertThat(builder.settings().dispatch().retry().retryFor()).isZero();
  }

  /** The thread on which a gateway called Java code; the gateway has ended then. */
  private Thread caller(GatewayBuilder builder) throws Exception {
    BlockingQueue<Thread> threads = new LinkedTransferQueue<>();
    Gateway gateway =
        builder
            .answers(
                stanza -> {
                  threads.add(Thread.currentThread());
                  return Mono.empty();
                })
            .start();
    connected();
    say("ann", "hello");
    Thread caller = next(threads);
    stop(gateway);
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);
    return caller;
  }

  @Test
  void loopsOfTheCallerRunTheGatewayAndOutliveIt() throws Exception {
    LoopResources shared = LoopResources.create("shared", 1, true);
    Thread caller = caller(builder().loops(shared));
    assertThat(caller.getName()).startsWith("shared-");
    assertThat(
            shared
                .onClient(LoopResources.DEFAULT_NATIVE)
                .next()
                .submit(Thread::currentThread)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isSameAs(caller);
    shared.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  @Test
  void loopsOfTheGatewayEndWithIt() throws Exception {
    Thread caller = caller(builder());
    assertThat(caller.getName()).startsWith("stanzahook-");
    assertThat(caller.isDaemon()).isTrue();
    caller.join(PATIENCE.toMillis());
    assertThat(caller.isAlive()).isFalse();
  }

  @Test
  void theSettingsOfABuilderCanBeChangedByTheNamesOfFlags() throws Exception {
    GatewaySettings settings = builder().webhook("http://unused.invalid/").settings();
    Webhook never = (stanza, webhookId, attempt) -> Mono.never();
    assertThatThrownBy(
            () ->
                ComponentGateway.start(
                    Settings.with(settings, "queue-timeout", Duration.ZERO), never))
        .hasMessage("‹queue-timeout› must be from 1 to 86400000 ms");
    Gateway gateway =
        ComponentGateway.start(
            Settings.with(
                Settings.with(settings, "queue-timeout", Duration.ofMillis(1)),
                "concurrency",
                Concurrency.of(1)),
            never);
    connected();
    say("ann", "hello");
    say("bob", "hello");
    assertThat(peer.next()).contains("to='bob@localhost/r'", "<resource-constraint ");
    gateway.stop(Duration.ZERO).block(PATIENCE);
  }

  @Test
  void aTimeOutOfItsBoundsIsRefused() {
    GatewayBuilder builder = builder().timeout(Duration.ZERO).answers(stanza -> Mono.empty());
    assertThatThrownBy(builder::start).hasMessage("‹timeout› must be from 1 to 86400000 ms");
  }

  @Test
  void theDomainIsWrittenAsTheServerHasIt() throws Exception {
    Gateway gateway =
        ComponentGateway.builder(" Bot.LOCALHOST. ")
            .server(ComponentServerSettings.LOOPBACK, server.port())
            .secret(SECRET)
            .stanzas(StanzaKind.MESSAGE, StanzaKind.MESSAGE)
            .answers(stanza -> Mono.just("here"))
            .start();
    assertThat(gateway.settings().component().domain()).isEqualTo(DOMAIN);
    connected();
    say("ann", "hello");
    assertThat(peer.next()).contains("from='echo@" + DOMAIN, "<body>here</body>");
    stop(gateway);
  }

  @Test
  void aServerThatRefusesTheComponentEndsTheGateway() {
    Gateway gateway = builder().secret("wrong").answers(stanza -> Mono.empty()).start();
    ComponentRefusedException refused =
        catchThrowableOfType(
            ComponentRefusedException.class, () -> gateway.whenEnded().block(PATIENCE));
    assertThat(refused.condition()).isEqualTo("not-authorized");
    stop(gateway);
    assertThat(gateway.status()).isEqualTo(StreamStatus.ENDED);
  }
}
