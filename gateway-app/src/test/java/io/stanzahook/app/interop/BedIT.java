package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The test bed without the gateway: what fails here is the machine's or the fixtures' fault. */
class BedIT {
  @RegisterExtension final Bed bed = new Bed();

  static Stream<Arguments> servers() {
    return Stream.of(
        Arguments.of(Named.<Supplier<XmppServer>>of("Prosody", ProsodyServer::create)),
        Arguments.of(Named.<Supplier<XmppServer>>of("ejabberd", EjabberdServer::create)));
  }

  private XmppServer started(Supplier<XmppServer> kind) {
    XmppServer server = bed.use(kind.get());
    server.start();
    server.register("alice");
    server.register("bob");
    return server;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void carriesMessagesPresenceAndRequestsBetweenUsers(Supplier<XmppServer> kind) {
    XmppServer server = started(kind);
    ChatClient alice = bed.use(ChatClient.login(server, "alice"));
    ChatClient bob = bed.use(ChatClient.login(server, "bob"));

    alice.send("bob@localhost/test", "Gr\u00fc\u00dfe & \ud83d\ude00");
    assertThat(bob.takeMessage().body()).isEqualTo("Gr\u00fc\u00dfe & \ud83d\ude00");

    alice.subscribe("bob@localhost");
    assertThat(alice.takePresence("an answer", p -> p.type().equals("subscribed")).from())
        .isEqualTo("bob@localhost");
    alice.takePresence("bob's presence", p -> p.from().equals("bob@localhost/test"));

    assertThat(alice.ping("localhost").type()).isEqualTo("result");
    assertThat(alice.discoInfo("localhost", null).list("identities")).contains("server/im");
    assertThat(alice.discoItems("localhost").list("items")).contains(XmppServer.ROOMS);
    assertThat(alice.version("localhost").text("name")).isNotEmpty();
    assertThat(alice.ping(XmppServer.COMPONENT).error())
        .as("nobody serves the component's domain")
        .isIn("wait/remote-server-timeout", "cancel/remote-server-not-found");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void carriesRooms(Supplier<XmppServer> kind) {
    XmppServer server = started(kind);
    ChatClient alice = bed.use(ChatClient.login(server, "alice"));
    String room = "tea@" + XmppServer.ROOMS;
    alice.open(room, "alice");

    alice.send(room, "hello", "groupchat");

    assertThat(alice.takeMessage("its echo", m -> !m.body().isEmpty()).from())
        .isEqualTo(room + "/alice");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void comesBackWithItsAccountsAfterAStopAndAKill(Supplier<XmppServer> kind) {
    XmppServer server = started(kind);
    bed.use(ChatClient.login(server, "alice"));

    server.restart();
    ChatClient alice = bed.use(ChatClient.login(server, "alice"));
    assertThat(alice.ping("localhost").type()).isEqualTo("result");

    server.kill();
    assertThat(Ports.accepts(server.clientPort())).isFalse();
    server.start();
    bed.use(ChatClient.login(server, "alice"));
  }
}
