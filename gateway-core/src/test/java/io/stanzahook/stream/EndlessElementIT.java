package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.Handshake;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;

/** An element whose end never comes swallows all that follows: the stream is left and made anew. */
class EndlessElementIT extends StreamBytesFixture {
  private static final String BAD_FORMAT =
      "<stream:error><bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";

  private void isLeftAndComesBack(Socket socket) throws Exception {
    // Not to the end of the connection: what this side writes after it resets it.
    expect(socket, BAD_FORMAT + Handshake.END);
    assertThat(awaitTold("next attempt in ")).contains("the server sent ");
    try (Socket next = accept()) {
      open(next);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<stream:stream xmlns='jabber:component:accept'"
            + " xmlns:stream='http://etherx.jabber.org/streams' id='i2'>",
        "<stream:features><message from='ann@localhost' to='gw.localhost'>",
      })
  void aStreamThatBeginsAgainIsLeftAtOnce(String text) throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      open(socket);
      write(socket, text);
      isLeftAndComesBack(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<stream:error>", "<message from='ann@localhost' to='gw.localhost'>"})
  void anElementThatGoesOnForEverIsLeftThoughBytesCome(String open) throws Exception {
    BaseSubscriber<Stanza> taker = new BaseSubscriber<>() {};
    prepare(Duration.ofSeconds(1), Duration.ofSeconds(1), taker);
    try (Socket socket = accept()) {
      open(socket);
      write(socket, open);
      Thread writer =
          new Thread(
              () -> {
                try {
                  while (!Thread.interrupted()) {
                    write(socket, "<x/>");
                    Thread.onSpinWait();
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                  }
                } catch (java.io.IOException left) {
                  // As it should be.
                }
              });
      writer.start();
      try {
        isLeftAndComesBack(socket);
      } finally {
        writer.interrupt();
        writer.join();
      }
    }
  }
}
