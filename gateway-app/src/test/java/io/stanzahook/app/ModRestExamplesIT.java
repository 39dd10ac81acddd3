package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests as the documentation of mod_post_msg and mod_rest has them, host and credentials aside;
 * docs/migrate/mod_rest.md has the list. Those not here are in {@code SendApiIT}.
 */
class ModRestExamplesIT extends SendApiFixture {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String COMMANDS = "http://jabber.org/protocol/commands";

  /** The file as for a component of mod_rest: its JID and its secret. */
  private static final String COMPONENT = basic("gw.localhost:dmVyeSBzZWNyZXQgdG9rZW4K");

  @Test
  void aPingAsXmlWaitsForItsAnswer() throws Exception {
    ComponentServer server = start();
    CompletableFuture<HttpResponse<String>> asking =
        asking(
            "application/xmpp+xml",
            """
            <iq type="get" to="example.net">
                        <ping xmlns="urn:xmpp:ping"/>
                    </iq>""");
    Iq asked = (Iq) received();
    assertThat(asked.to()).hasToString("example.net");
    assertThat(asked.hasPayload("urn:xmpp:ping", "ping")).isTrue();
    server.send(OutboundStanza.result(asked, null)).block(Duration.ofMinutes(2));

    HttpResponse<String> answer = asking.get(120, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/xmpp+xml");
    assertThat(answer.body()).startsWith("<iq ").contains("type='result'", "from='example.net'");
  }

  @Test
  void aCommandIsExecuted() throws Exception {
    ComponentServer server = start();
    CompletableFuture<HttpResponse<String>> asking =
        asking(
            "application/json",
            """
            {
               "command" : {
                  "node" : "uptime"
               },
               "id" : "Jv-87nRaP6Mnrp8l",
               "kind" : "iq",
               "to" : "example.com",
               "type" : "set"
            }""");
    Iq asked = (Iq) received();
    assertThat(asked.type()).isEqualTo("set");
    assertThat(asked.xml().toString())
        .contains("<command xmlns='" + COMMANDS + "'", "node='uptime'");
    server
        .send(
            OutboundStanza.result(
                asked,
                XmlElement.builder(COMMANDS, "command")
                    .attribute("node", "uptime")
                    .attribute("sessionid", "6380880a-93e9-4f13-8ee2-171927a40e67")
                    .attribute("status", "completed")
                    .child(
                        XmlElement.builder(COMMANDS, "note")
                            .attribute("type", "info")
                            .text("This server has been running for 0 days")
                            .build())
                    .build()))
        .block(Duration.ofMinutes(2));

    JsonNode answer = MAPPER.readTree(asking.get(120, TimeUnit.SECONDS).body());
    assertThat(answer.path("id").stringValue()).isEqualTo("Jv-87nRaP6Mnrp8l");
    assertThat(answer.path("kind").stringValue()).isEqualTo("iq");
    assertThat(answer.path("type").stringValue()).isEqualTo("result");
    assertThat(answer.path("from").stringValue()).isEqualTo("example.com");
    assertThat(answer.path("command"))
        .isEqualTo(
            MAPPER.readTree(
                """
                {"node":"uptime","sessionid":"6380880a-93e9-4f13-8ee2-171927a40e67",
                 "status":"completed",
                 "note":{"text":"This server has been running for 0 days","type":"info"}}"""));
  }

  @Test
  void aComponentLogsInWithItsSecret() throws Exception {
    start();
    assertThat(
            post(COMPONENT, "/rest/message/chat/john@example.com", "text/plain", "Hello John!")
                .statusCode())
        .isEqualTo(202);
    Message john = (Message) received();
    assertThat(john.from()).hasToString("gw.localhost");
    assertThat(john.body()).isEqualTo("Hello John!");
  }

  @Test
  void aReceiverWithoutAHostIsNotTakenForAHost() throws Exception {
    start();
    String me = basic("me@gw.localhost:mypassword");
    HttpResponse<String> refused =
        post(me, "/msg/user", "text/plain", "Server@host has just crashed!");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("user@host");
    assertThat(received).isEmpty();
    for (String to : new String[] {"localhost", "example.com", "localhost/announce/online"}) {
      assertThat(post(me, "/msg/" + to, "text/plain", "x").statusCode()).as(to).isEqualTo(201);
      assertThat(received().to()).hasToString(to);
    }
  }

  private CompletableFuture<HttpResponse<String>> asking(String type, String body) {
    return sending(
        request("/rest")
            .header("Authorization", BEARER)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body)));
  }
}
