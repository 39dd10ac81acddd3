package io.stanzahook.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.Handshake;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.WireLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

class ComponentServerIT {
  private static final String DOMAIN = "bot.localhost";
  private static final String SECRET = "pä&s";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Long enough for an answer on loopback that must not come. */
  private static final Duration SILENCE = Duration.ofMillis(200);

  private static final LoopResources LOOPS = LoopResources.create("server-it", 1, true);

  private final Peer peer = new Peer();
  private ComponentServer server;

  @BeforeEach
  void start() {
    server = start(ComponentServerSettings.of(DOMAIN, SECRET));
  }

  @AfterEach
  void stop() {
    server.stop().block(PATIENCE);
  }

  @AfterAll
  static void end() {
    LOOPS.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private ComponentServer start(ComponentServerSettings settings) {
    return ComponentServer.start(settings, LOOPS, peer).block(PATIENCE);
  }

  private RawComponent open() throws Exception {
    RawComponent component = RawComponent.open(server.port(), DOMAIN, SECRET);
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
    return component;
  }

  private static OutboundStanza message(String body) {
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of("b@" + DOMAIN), Jid.of("u@localhost/r"))
            .textChild(Namespaces.COMPONENT, "body", body)
            .build());
  }

  @Test
  void sendsToTheComponentAndReceivesFromIt() throws Exception {
    try (RawComponent component = open()) {
      server.send(List.of(message("1"), message("2 <>"))).block(PATIENCE);
      assertThat(component.readUntil("2.*</message>"))
          .isEqualTo(
              "<message to='b@bot.localhost' from='u@localhost/r'><body>1</body></message>"
                  + "<message to='b@bot.localhost' from='u@localhost/r'><body>2 &lt;&gt;</body>"
                  + "</message>");

      String reply = "<message from='b@bot.localhost' to='u@localhost'><body>ö</body></message>";
      component.send(reply);
      assertThat(peer.next()).isEqualTo("received " + reply);
    }
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);
    assertThatThrownBy(() -> server.send(message("3")).block(PATIENCE))
        .isInstanceOf(NotRoutedException.class)
        .hasMessage("no component is connected as bot.localhost");
  }

  @Test
  void refusesAWrongSecret() throws Exception {
    try (RawComponent component = RawComponent.connect(server.port())) {
      component.handshake(DOMAIN, "wrong");
      assertThat(component.readToEnd())
          .isEqualTo(
              "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                  + "</stream:error></stream:stream>");
    }
    assertThat(server.isConnected(DOMAIN)).isFalse();
  }

  @Test
  void refusesAnUnknownDomainWithoutGivingAnId() throws Exception {
    try (RawComponent component = RawComponent.connect(server.port())) {
      component.send(
          "<stream:stream xmlns='jabber:component:accept'"
              + " xmlns:stream='http://etherx.jabber.org/streams' to='other.localhost'>");
      assertThat(component.readToEnd())
          .contains("id=''>")
          .contains("<host-unknown ")
          .endsWith("</stream:stream>");
    }
  }

  @Test
  void refusesAStreamThatIsNotForComponents() throws Exception {
    try (RawComponent component = RawComponent.connect(server.port())) {
      component.send(
          "<stream:stream xmlns='jabber:client'"
              + " xmlns:stream='http://etherx.jabber.org/streams' to='bot.localhost'>");
      assertThat(component.readToEnd()).contains("<invalid-namespace ");
    }
  }

  @Test
  void refusesASecondStreamOfOneComponentAndKeepsTheFirst() throws Exception {
    try (RawComponent first = open();
        RawComponent second = RawComponent.connect(server.port())) {
      second.handshake(DOMAIN, SECRET);
      assertThat(second.readToEnd()).contains("<conflict ");
      server.send(message("still here")).block(PATIENCE);
      assertThat(first.readUntil("</message>")).contains("still here");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<message from='b@elsewhere' to='u@localhost'/>|invalid-from",
        "<message to='u@localhost'/>|invalid-from",
        "<message from='b@bot.localhost' to='@'/>|improper-addressing",
        "<handshake/>|not-authorized",
        "<!-- x -->|restricted-xml",
        "</message>|not-well-formed",
      })
  void endsTheStreamOverWhatComponentsMayNotSend(String sent, String condition) throws Exception {
    try (RawComponent component = open()) {
      component.send(sent);
      assertThat(component.readToEnd()).contains("<" + condition + " ");
      assertThat(List.of(peer.next(), peer.next()))
          .containsExactly("disconnected " + DOMAIN, "refused " + condition);
    }
  }

  @Test
  void takesNoStanzaBeforeTheHandshake() throws Exception {
    try (RawComponent component = RawComponent.connect(server.port())) {
      component.send(
          "<stream:stream xmlns='jabber:component:accept'"
              + " xmlns:stream='http://etherx.jabber.org/streams' to='bot.localhost'>"
              + "<message from='b@bot.localhost' to='u@localhost'/>");
      assertThat(component.readToEnd()).contains("<not-authorized ");
    }
    assertThat(peer.next()).isEqualTo("refused not-authorized");
  }

  @Test
  void routesAPingToTheOwnDomainBack() throws Exception {
    try (RawComponent component = open()) {
      String ping =
          "<iq from='bot.localhost' to='bot.localhost' type='get' id='1'>"
              + "<ping xmlns='urn:xmpp:ping'/></iq>";
      component.send(ping);
      assertThat(component.readUntil("</iq>")).isEqualTo(ping);
      assertThat(peer.next()).isEqualTo("looped " + ping);
    }
  }

  @Test
  void answersTheEndTag() throws Exception {
    try (RawComponent component = open()) {
      component.send("</stream:stream>");
      assertThat(component.readToEnd()).isEqualTo("</stream:stream>");
    }
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);
  }

  @Test
  void holdsAcknowledgementsBack() throws Exception {
    server.holdHandshakes();
    try (RawComponent component = RawComponent.connect(server.port())) {
      component.handshake(DOMAIN, SECRET);
      assertThat(peer.next()).isEqualTo("held " + DOMAIN);
      assertThat(component.bringsWithin(SILENCE)).isFalse();
      assertThat(server.isConnected(DOMAIN)).isFalse();
      server.releaseHandshakes();
      assertThat(component.readUntil("<handshake/>")).isEqualTo("<handshake/>");
    }
  }

  @Test
  void freezesAndThaws() throws Exception {
    String ping = "<iq from='bot.localhost' to='bot.localhost' type='get' id='1'/>";
    try (RawComponent component = open()) {
      server.freeze();
      // What was read before it froze is through once a stanza handed over afterwards arrives.
      server.send(message("frozen")).block(PATIENCE);
      component.readUntil("frozen</body></message>");
      component.send(ping);
      assertThat(component.bringsWithin(SILENCE)).isFalse();
      server.thaw();
      assertThat(component.readUntil("/>")).isEqualTo(ping);
    }
  }

  @Test
  void doesNotAnswerNewConnectionsWhileFrozen() throws Exception {
    server.freeze();
    try (RawComponent component = RawComponent.connect(server.port())) {
      component.send(Handshake.start(DOMAIN));
      assertThat(component.bringsWithin(SILENCE)).isFalse();
      server.thaw();
      assertThat(component.readUntil("<stream:stream[^>]*>")).contains(" id='");
    }
  }

  @Test
  void dropsConnectionsInTheMiddleOfAStanza() throws Exception {
    try (RawComponent component = open()) {
      server.sendRaw(DOMAIN, "<message from='u@localhost'").block(PATIENCE);
      server.drop();
      assertThat(component.readToEnd()).isEqualTo("<message from='u@localhost'");
    }
  }

  @Test
  void endsStreamsOnDemand() throws Exception {
    try (RawComponent component = open()) {
      server.endStreams(StreamCondition.SYSTEM_SHUTDOWN);
      assertThat(component.readToEnd()).contains("<system-shutdown ").endsWith("</stream:stream>");
    }
  }

  @Test
  void comesBackOnTheSamePort() throws Exception {
    int port = server.port();
    try (RawComponent component = open()) {
      server.stop().block(PATIENCE);
      assertThat(component.readToEnd()).isEqualTo("</stream:stream>");
      assertThatThrownBy(() -> RawComponent.connect(port)).isInstanceOf(IOException.class);
    }
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);
    server = start(ComponentServerSettings.of(DOMAIN, SECRET).withPort(port));
    assertThat(server.port()).isEqualTo(port);
    open().close();
  }

  @Test
  void takesNoMoreThanItsLimitForAComponentThatDoesNotRead() throws Exception {
    server.stop().block(PATIENCE);
    server =
        start(
            new ComponentServerSettings(
                ComponentServerSettings.LOOPBACK,
                0,
                Map.of(DOMAIN, SECRET),
                WireLimits.DEFAULTS,
                100));
    try (RawComponent component = open()) {
      OutboundStanza large = message("x".repeat(100_000));
      List<Mono<Void>> writes = new ArrayList<>();
      // Sockets hold some megabytes; what they do not take is bounded.
      for (int i = 0; i < 1000; i++) {
        writes.add(server.send(large));
      }
      assertThatThrownBy(() -> Mono.when(writes).block(PATIENCE))
          .isInstanceOf(NotRoutedException.class)
          .hasMessage("100 stanzas to bot.localhost are not written yet: it does not read");
      assertThat(component.readUntil("<body>")).startsWith("<message ");
    }
  }
}
