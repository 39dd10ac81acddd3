package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.wire.Handshake;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers answer that will not have the component, byte by byte as they were seen to. */
class RefusedStreamIT extends StreamBytesFixture {

  @Test
  void openfireClosesAfterAStartTagWithoutIdAndTheLogSaysWhatThatMeans() throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      expect(socket, Handshake.start(DOMAIN));
      write(
          socket,
          "<?xml version='1.0' encoding='UTF-8'?><stream:stream"
              + " xmlns:stream=\"http://etherx.jabber.org/streams\""
              + " xmlns=\"jabber:component:accept\" from=\"gw.localhost\">");
      socket.shutdownOutput();
      assertThat(rest(socket)).isEmpty();
      String told = awaitTold("without an id");
      assertThat(told)
          .contains("next attempt in ", "Openfire", "another connection", "defaultSecret")
          .doesNotContain("allowMultiple");
    }
    // It may pass: the other connection may end.
    try (Socket socket = accept()) {
      open(socket);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bad-namespace-prefix | jabber:component:accept",
        "host-unknown         | jabber:component:accept",
        "invalid-namespace    | jabber:component:accept",
        "host-unknown         | jabber:client",
        "invalid-namespace    | jabber:client",
        "bad-namespace-prefix | jabber:client",
      })
  void aPortForClientsIsToldFromTheComponentPort(String condition, String namespace)
      throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      expect(socket, Handshake.start(DOMAIN));
      write(
          socket,
          "<?xml version='1.0'?><stream:stream xmlns='"
              + namespace
              + "' xmlns:stream='http://etherx.jabber.org/streams' id='x' version='1.0'>"
              + "<stream:error><"
              + condition
              + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>");
      assertThat(awaitTold("refused ")).contains("component port");
    }
  }

  @Test
  void onlyTheServersOwnLineIsGivenWhereItIsKnown() throws Exception {
    connect(PATIENCE);
    try (Socket socket = accept()) {
      expect(socket, Handshake.start(DOMAIN));
      write(
          socket,
          "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
              + " xmlns='jabber:component:accept' id='6A3F09D1C2B4E587' from='gw.localhost'>");
      expect(socket, Handshake.element("6A3F09D1C2B4E587", "secret"));
      // As MongooseIM writes it, with its text beside the condition.
      write(
          socket,
          "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
              + "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>"
              + "Invalid Handshake</text></stream:error></stream:stream>");
      assertThat(awaitTold("refused "))
          .contains("not-authorized", "MongooseIM's [[listen.component]]")
          .doesNotContain("Prosody", "ejabberd");
    }
  }
}
