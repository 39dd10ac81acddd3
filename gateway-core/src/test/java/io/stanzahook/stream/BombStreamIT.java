package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.sandbox.Bomb;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.Peer;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.netty.resources.LoopResources;

/** Bombs byte for byte as Prosody writes them, from a server that writes anything. */
class BombStreamIT {
  private static final String DOMAIN = "bot.localhost";
  private static final String TO = " to='echo@bot.localhost' id='b1'";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final LoopResources loops = LoopResources.create("bomb-it", 1, true);
  private final Peer peer = new Peer();
  private final BlockingQueue<String> received = new LinkedTransferQueue<>();
  private final BlockingQueue<Refusal> refused = new LinkedTransferQueue<>();
  private ComponentServer server;
  private ComponentStream stream;
  private Disposable subscription;

  @BeforeEach
  void connect() throws InterruptedException {
    server =
        ComponentServer.start(ComponentServerSettings.of(DOMAIN, "secret"), loops, peer)
            .block(PATIENCE);
    stream =
        new ComponentStream(
            TestSettings.component(
                ComponentServerSettings.LOOPBACK,
                server.port(),
                DOMAIN,
                "secret",
                WireLimits.DEFAULTS,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                100,
                PATIENCE),
            loops,
            new StreamListener() {
              @Override
              public void refused(StreamEvent.Refused stanza) {
                refused.add(stanza.reason());
              }
            });
    subscription = stream.stanzas().subscribe(this::received);
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
  }

  @AfterEach
  void end() {
    stream.close().block(PATIENCE);
    subscription.dispose();
    server.stop().block(PATIENCE);
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private void received(Stanza stanza) {
    received.add(String.valueOf(((Message) stanza).body()));
  }

  /** Sends the bomb, and right behind it a message that must be read. */
  private void send(Bomb bomb, String root) throws InterruptedException {
    server
        .sendRaw(
            DOMAIN,
            bomb.relayed(root)
                + "<message from='a@localhost'"
                + TO
                + "><body>next</body></message>")
        .block(PATIENCE);
    assertThat(received.poll(120, TimeUnit.SECONDS)).isEqualTo("next");
    assertThat(refused.poll(120, TimeUnit.SECONDS)).isEqualTo(bomb.refusal());
    assertThat(refused).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Bomb.class)
  void b13_manyInARowAreEachBouncedOnceAndTheStreamGoesOn(Bomb bomb) throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      send(bomb, "message from='mallory@localhost/x' type='chat'" + TO);
      assertThat(peer.next())
          .startsWith("received <message to='mallory@localhost/x' from='echo@bot.localhost'")
          .contains("type='error'", "id='b1'", "<policy-violation ", ">The stanza ");
    }
    send(bomb, "iq from='mallory@localhost/x' type='set'" + TO);
    assertThat(peer.next()).startsWith("received <iq ").contains("<policy-violation ");
    assertThat(server.isConnected(DOMAIN)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iq from='mallory@localhost/x' type='result'",
        "iq from='mallory@localhost/x' type='error'",
        "message from='mallory@localhost/x' type='error'",
        "message from='room@localhost/x' type='groupchat'",
        "presence from='mallory@localhost/x'",
        "message type='chat'",
        "message from='@' type='chat'",
        "message from='echo@bot.localhost' type='chat'",
        "iq from='bot.localhost' type='get'",
      })
  void b13_isNotBounced(String root) throws InterruptedException {
    send(Bomb.CHILDREN, root + TO);
    isTheNextBounce();
  }

  @Test
  void b13_isNotBouncedInTheNameOfOthers() throws InterruptedException {
    send(Bomb.CHILDREN, "message from='mallory@localhost/x' to='ceo@elsewhere.example'");
    isTheNextBounce();
  }

  /** What is bounced now is the first thing that the server gets: there was none before. */
  private void isTheNextBounce() throws InterruptedException {
    send(Bomb.DEEP, "message from='last@localhost'" + TO);
    assertThat(peer.next()).startsWith("received <message to='last@localhost'");
    assertThat(server.isConnected(DOMAIN)).isTrue();
  }
}
