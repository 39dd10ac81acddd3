package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.net.NameServer;
import io.stanzahook.wire.Handshake;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.StreamCondition.Cause;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

/** The stream against a server played by the test, which sees every byte. */
class ComponentStreamBytesIT extends StreamBytesFixture {
  @Test
  void a1_a11_d7_nothingIsSaidThatTheProtocolDoesNotAskFor() throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      open(socket);
      write(socket, Handshake.END);
      assertThat(rest(socket)).isEqualTo(Handshake.END);
    }
    try (Socket again = accept()) {
      expect(again, Handshake.start(DOMAIN));
    }
  }

  @Test
  void a3_withoutAnIdNoHandshakeIsTried() throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      expect(socket, Handshake.start(DOMAIN));
      write(
          socket,
          start("")
              + "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
              + "</stream:error>");
      assertThat(rest(socket)).isEqualTo(Handshake.END);
    }
    awaitTold("refused ");
  }

  @Test
  void a7_aServerThatDoesNotOpenTheStreamIsLeft() throws Exception {
    connect(Duration.ofMillis(200));
    try (Socket socket = accept()) {
      awaitTold("did not answer the stream header");
      assertThat(rest(socket)).isEqualTo(Handshake.start(DOMAIN));
    }
  }

  @Test
  void a7_aServerThatDoesNotAnswerTheHandshakeIsLeft() throws Exception {
    connect(Duration.ofSeconds(2));
    try (Socket socket = accept()) {
      expect(socket, Handshake.start(DOMAIN));
      write(socket, start("i1"));
      awaitTold("did not answer the handshake");
      assertThat(rest(socket)).isEqualTo(Handshake.element("i1", "secret"));
    }
  }

  @Test
  void a10_theNameIsLookedUpForEachConnection() throws Exception {
    InetAddress before = server.getInetAddress();
    InetAddress after = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    try (NameServer names = NameServer.start(before, after);
        ServerSocket moved = new ServerSocket(server.getLocalPort(), 50, after)) {
      moved.setSoTimeout((int) PATIENCE.toMillis());
      connect("xmpp.test.", PATIENCE, names::ask);
      try (Socket socket = accept()) {
        expect(socket, Handshake.start(DOMAIN));
      }
      try (Socket socket = moved.accept()) {
        expect(socket, Handshake.start(DOMAIN));
      }
    }
  }

  /** In a cluster, while the connection was being made. */
  @Test
  void aStreamThatHasGoneToAnotherProcessIsNotOpened() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    mayConnect = () -> asked.getAndIncrement() == 0;
    connect(PATIENCE);
    try (Socket socket = accept()) {
      assertThat(rest(socket)).isEmpty();
    }
    awaitTold("STANDBY");
  }

  @Test
  void a12_theStreamIsEndedAndClosedOnceTheServerHasEndedItToo() throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      open(socket);
      stream.close().subscribe(none -> {}, error -> told.add("failed"), () -> told.add("closed"));
      expect(socket, Handshake.END);
      // What the server still has to say is read and let go.
      write(socket, "<message from='u@localhost' to='b@gw.localhost'><body>late</body></message>");
      write(socket, Handshake.END);
      assertThat(rest(socket)).isEmpty();
    }
    awaitTold("closed");
  }

  @Test
  void a12_aServerThatDoesNotEndTheStreamIsLeftAfterFiveSeconds() throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      open(socket);
      long start = System.nanoTime();
      stream.close().subscribe(none -> {}, error -> told.add("failed"), () -> told.add("closed"));
      assertThat(rest(socket)).isEqualTo(Handshake.END);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(ComponentConnection.CLOSE_TIMEOUT);
    }
    awaitTold("closed");
  }

  @Test
  void a12_whatWaitsIsWrittenBeforeTheEndTag() throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      open(socket);
      // More than sockets hold: the rest goes out as the server reads.
      for (int i = 0; i < 80; i++) {
        send("z".repeat(200_000)).subscribe();
      }
      stream.close().subscribe(none -> {}, error -> told.add("failed"), () -> told.add("closed"));
      String all = rest(socket);
      // A long stanza is followed by white space: some servers hold it back without.
      assertThat(all).matches("(?s).*</message>\\s*" + Handshake.END);
      assertThat(all.split("</message>", -1)).hasSize(81);
    }
    awaitTold("closed");
  }

  @Test
  void a17_whatIsTooOldIsGivenUpWhileNoServerListens() throws Exception {
    maxPendingAge = Duration.ofSeconds(1);
    connect(PATIENCE);
    try (Socket socket = accept()) {
      open(socket);
      server.close();
    }
    awaitTold("next attempt in ");
    StepVerifier.create(send("late"))
        .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("away"))
        .verify(PATIENCE);
  }

  @ParameterizedTest
  @EnumSource(
      value = StreamCondition.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "UNDEFINED_CONDITION")
  void a8_noConditionKeepsItAwayOnceItHadWorked(StreamCondition condition) throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      open(socket);
      write(
          socket,
          "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>%s</text></stream:error>"
                  .formatted(condition.elementName(), "why not?")
              + Handshake.END);
      assertThat(rest(socket)).isEqualTo(Handshake.END);
      String detail = awaitTold("next attempt in ");
      assertThat(detail)
          .startsWith(
              "CONNECTING the server ended the stream with <%s/>: why not?"
                  .formatted(condition.elementName()));
      long millis = Long.parseLong(detail.replaceAll(".* attempt in (\\d+) ms.*", "$1"));
      if (condition.cause() == Cause.CONFIGURATION) {
        assertThat(millis).isGreaterThanOrEqualTo(60_000);
      } else {
        assertThat(millis).isLessThanOrEqualTo(ReconnectPolicy.FIRST.toMillis());
      }
    }
  }
}
