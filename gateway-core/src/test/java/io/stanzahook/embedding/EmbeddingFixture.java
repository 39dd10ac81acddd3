package io.stanzahook.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.GatewayBuilder;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.Peer;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.netty.resources.LoopResources;

/** A server, and gateways that a Java program makes for a component of it. */
abstract class EmbeddingFixture {
  static final String DOMAIN = "bot.localhost";
  static final String SECRET = "s3cr3t";
  static final Duration PATIENCE = Duration.ofMinutes(2);

  final LoopResources loops = LoopResources.create("embedding-it", 1, true);
  final Peer peer = new Peer();
  ComponentServer server;

  @BeforeEach
  void listen() {
    server =
        ComponentServer.start(ComponentServerSettings.of(DOMAIN, SECRET), loops, peer)
            .block(PATIENCE);
  }

  @AfterEach
  void end() {
    server.stop().block(PATIENCE);
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  GatewayBuilder builder() {
    return ComponentGateway.builder(DOMAIN)
        .server(ComponentServerSettings.LOOPBACK, server.port())
        .secret(SECRET);
  }

  void connected() throws InterruptedException {
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
  }

  void say(String who, String body) {
    say(server, StanzaKind.MESSAGE, "chat", who, body);
  }

  static void say(ComponentServer server, StanzaKind kind, String type, String who, String body) {
    server
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(kind, Jid.of("echo@" + DOMAIN), Jid.of(who + "@localhost/r"))
                    .attribute("type", type)
                    .attribute("id", "i1")
                    .textChild(Namespaces.COMPONENT, "body", body)
                    .build()))
        .block(PATIENCE);
  }

  static <T> @Nullable T next(BlockingQueue<T> queue) throws InterruptedException {
    return queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  static void stop(Gateway gateway) {
    gateway.stop(PATIENCE).block(PATIENCE);
  }
}
