package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /msg} to a room that the test plays, over real sockets. */
class RoomsIT extends SendApiFixture {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Jid ROOM = Jid.of("ops@rooms.example");

  @Test
  void entersTheRoomAndSaysIt() throws Exception {
    ComponentServer server = start("--room-nick=Alarm");
    CompletableFuture<HttpResponse<String>> saying = say("{\"type\":\"groupchat\",\"body\":\"x\"}");
    Stanza join = received();
    assertThat(join.to()).hasToString("ops@rooms.example/Alarm");
    assertThat(join.from()).hasToString("bot@gw.localhost/stanzahook");
    presence(server, join, null, status("110"));
    Stanza said = received();
    assertThat(said.to()).isEqualTo(ROOM);
    assertThat(said.type()).isEqualTo("groupchat");
    server.send(echo(said)).block(LIMIT);
    assertThat(saying.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "auth,   forbidden,               403",
    "auth,   registration-required,   403",
    "auth,   not-authorized,          403",
    "cancel, not-allowed,             403",
    "cancel, item-not-found,          404",
    "cancel, service-unavailable,     404",
    "cancel, remote-server-not-found, 404",
    "modify, not-acceptable,          409",
    "modify, jid-malformed,           422",
    "wait,   service-unavailable,     503",
    "wait,   remote-server-timeout,   504",
  })
  void aRefusalIsAStatus(String type, String condition, int status) throws Exception {
    ComponentServer server = start();
    CompletableFuture<HttpResponse<String>> saying = say("{\"type\":\"groupchat\",\"body\":\"x\"}");
    XmlElement error =
        XmlElement.builder(Namespaces.COMPONENT, "error")
            .attribute("type", type)
            .child(XmlElement.empty(Namespaces.STANZA_ERRORS, condition))
            .build();
    presence(server, received(), "error", error);
    HttpResponse<String> refused = saying.get(120, TimeUnit.SECONDS);
    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(refused.body()).contains("ops@rooms.example", condition);
    assertThat(refused.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 503);
  }

  @Test
  void aStreamThatIsLostIsAStatusToo() throws Exception {
    ComponentServer server = start();
    CompletableFuture<HttpResponse<String>> saying = say("{\"type\":\"groupchat\",\"body\":\"x\"}");
    received();
    server.stop().block(LIMIT);
    assertThat(saying.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
  }

  private CompletableFuture<HttpResponse<String>> say(String json) {
    return sending(
        request("/msg/" + ROOM)
            .header("Authorization", "Bearer scoped")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  private static XmlElement status(String code) {
    return XmlElement.builder(Namespaces.MUC_USER, "x")
        .child(XmlElement.builder(Namespaces.MUC_USER, "status").attribute("code", code).build())
        .build();
  }

  private static void presence(ComponentServer server, Stanza join, String type, XmlElement child) {
    XmlElement presence =
        OutboundStanza.builder(StanzaKind.PRESENCE, join.from(), join.to())
            .attribute("type", type)
            .child(child)
            .build();
    server.send(OutboundStanza.of(presence)).block(LIMIT);
  }

  private static OutboundStanza echo(Stanza said) {
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.MESSAGE, said.from(), ROOM.withResource("Alarm"))
            .attribute("type", "groupchat")
            .attribute("id", said.id())
            .textChild(Namespaces.COMPONENT, "body", "x")
            .build());
  }
}
