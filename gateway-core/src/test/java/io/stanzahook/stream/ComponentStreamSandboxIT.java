package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.Peer;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** Our component against our server: what each does must be what the other expects. */
class ComponentStreamSandboxIT {
  private static final String DOMAIN = "bot.localhost";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final LoopResources loops = LoopResources.create("stream-it", 1, true);
  private final Peer peer = new Peer();
  private final BlockingQueue<String> received = new LinkedTransferQueue<>();
  private final BlockingQueue<StreamStatus> states = new LinkedTransferQueue<>();
  private ComponentServer server;
  private ComponentStream stream;
  private Disposable subscription;

  @BeforeEach
  void start() {
    server = start(ComponentServerSettings.of(DOMAIN, "secret"));
    stream = stream("secret", Duration.ofSeconds(60));
  }

  @AfterEach
  void end() {
    stream.close().block(PATIENCE);
    if (subscription != null) {
      subscription.dispose();
    }
    server.stop().block(PATIENCE);
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private ComponentServer start(ComponentServerSettings settings) {
    return ComponentServer.start(settings, loops, peer).block(PATIENCE);
  }

  private ComponentStream stream(String secret, Duration pingTimeout) {
    return new ComponentStream(
        TestSettings.component(
            ComponentServerSettings.LOOPBACK,
            server.port(),
            DOMAIN,
            secret,
            WireLimits.DEFAULTS,
            Duration.ofSeconds(10),
            pingTimeout,
            100,
            PATIENCE),
        loops,
        new StreamListener() {
          @Override
          public void status(StreamStatus status, @Nullable String detail) {
            states.add(status);
          }
        });
  }

  private void connect() throws InterruptedException {
    subscription = stream.stanzas().subscribe(stanza -> received.add(stanza.xml().toString()));
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
    awaitStatus(StreamStatus.CONNECTED);
  }

  /** Waits until the stream itself, not its server, sees that. */
  private void awaitStatus(StreamStatus wanted) throws InterruptedException {
    StreamStatus next = null;
    do {
      next = states.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } while (next != null && next != wanted);
    assertThat(next).isEqualTo(wanted);
  }

  private static OutboundStanza message(String from, String to, String body) {
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of(to), Jid.of(from))
            .textChild(Namespaces.COMPONENT, "body", body)
            .build());
  }

  @Test
  void carriesStanzasBothWays() throws Exception {
    connect();
    server.send(message("u@localhost", "b@bot.localhost", "in")).block(PATIENCE);
    assertThat(received.poll(120, TimeUnit.SECONDS)).contains("<body>in</body>");
    stream.send(List.of(message("b@bot.localhost", "u@localhost", "out"))).block(PATIENCE);
    assertThat(peer.next()).startsWith("received ").contains("<body>out</body>");
  }

  @Test
  void comesBackAfterTheServerDroppedItInTheMiddleOfAStanza() throws Exception {
    connect();
    server.sendRaw(DOMAIN, "<message from='u@localhost'><body>half").block(PATIENCE);
    server.drop();
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
    server.send(message("u@localhost", "b@bot.localhost", "whole")).block(PATIENCE);
    assertThat(received.poll(120, TimeUnit.SECONDS)).contains("<body>whole</body>");
  }

  @Test
  void sendsWhatWaitedOnceTheServerIsBackOnItsPort() throws Exception {
    connect();
    server.stop().block(PATIENCE);
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);
    // What is written before the component knows is lost in the socket, as streams go.
    awaitStatus(StreamStatus.CONNECTING);
    stream.send(List.of(message("b@bot.localhost", "u@localhost", "late"))).subscribe();
    server = start(ComponentServerSettings.of(DOMAIN, "secret").withPort(server.port()));
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
    assertThat(peer.next()).contains("<body>late</body>");
  }

  @Test
  void pingsASilentServerAndLeavesItOnlyWhenItIsFrozen() throws Exception {
    stream = stream("secret", Duration.ofMillis(800));
    connect();
    assertThat(peer.next()).startsWith("looped ").contains("urn:xmpp:ping");
    assertThat(peer.next()).startsWith("looped ").contains("urn:xmpp:ping");
    assertThat(received).isEmpty();
    server.freeze();
    awaitStatus(StreamStatus.CONNECTING);
    server.thaw();
    assertThat(eventually("connected " + DOMAIN)).isTrue();
  }

  private boolean eventually(String event) throws InterruptedException {
    for (String next = peer.next(); !next.equals("nothing"); next = peer.next()) {
      if (next.equals(event)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void endsWhereTheServerDoesNotTakeItsSecret() {
    stream = stream("wrong", Duration.ofSeconds(60));
    StepVerifier.create(stream.stanzas())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ComponentRefusedException.class)
                    .hasMessageContaining("not-authorized"))
        .verify(PATIENCE);
  }

  @Test
  void waitsForAnAcknowledgementThatTakesItsTime() throws Exception {
    server.holdHandshakes();
    subscription = stream.stanzas().subscribe(stanza -> received.add(stanza.xml().toString()));
    // Written before the acknowledgement, it would end the stream with not-authorized.
    stream.send(List.of(message("b@bot.localhost", "u@localhost", "early"))).subscribe();
    assertThat(peer.next()).isEqualTo("held " + DOMAIN);
    server.releaseHandshakes();
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
    assertThat(peer.next()).contains("<body>early</body>");
  }
}
