package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.query.Queries;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /msg} and {@code /rest} of a running program, over real sockets. */
class SendApiIT extends SendApiFixture {
  private static final String TEXT = "text/plain";
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String XML = "application/xmpp+xml";
  private static final JsonMapper MAPPER = new JsonMapper();

  // ---------------------------------------------------------------- mod_post_msg

  @Test
  void theExampleOfModPostMsgWorks() throws Exception {
    start();
    HttpResponse<String> sent =
        post(
            basic("me@gw.localhost:mypassword"),
            "/msg/user@example.com",
            TEXT,
            "Server@host has just crashed!");
    assertThat(sent.statusCode()).isEqualTo(201);
    Message message = (Message) received();
    assertThat(message.from()).hasToString("me@gw.localhost");
    assertThat(message.to()).hasToString("user@example.com");
    assertThat(message.type()).isEqualTo("chat");
    assertThat(message.body()).isEqualTo("Server@host has just crashed!");
    assertThat(message.id()).isNotEmpty();
  }

  @Test
  void formsAndJsonHaveMoreFields() throws Exception {
    start();
    assertThat(
            post(BEARER, "/msg/a@b", FORM, "body=beep+boop%21&type=headline&html=%3Cb%3Ex%3C/b%3E")
                .statusCode())
        .isEqualTo(201);
    Message form = (Message) received();
    assertThat(form.body()).isEqualTo("beep boop!");
    assertThat(form.type()).isEqualTo("headline");
    assertThat(form.from()).hasToString("gw.localhost");
    assertThat(form.xml().toString()).contains("http://www.w3.org/1999/xhtml", "<b>x</b>");

    assertThat(post(BEARER, "/msg/", JSON, "{\"to\":\"c@d/e f\",\"body\":\"Grüße\"}").statusCode())
        .isEqualTo(201);
    Message json = (Message) received();
    assertThat(json.to()).hasToString("c@d/e f");
    assertThat(json.body()).isEqualTo("Grüße");

    assertThat(post(BEARER, "/msg/a@b%2Fph%20one", TEXT, "x").statusCode()).isEqualTo(201);
    assertThat(received().to()).hasToString("a@b/ph one");
  }

  @Test
  void whatCannotBeAMessageIsRefused() throws Exception {
    start();
    assertThat(send(request("/msg/a@b")).statusCode()).isEqualTo(401);
    assertThat(post("Bearer wrong", "/msg/a@b", TEXT, "x").statusCode()).isEqualTo(401);
    assertThat(post(BEARER, "/msg/a@b", "text/html", "x").statusCode()).isEqualTo(415);
    assertThat(post(BEARER, "/msg/a@b", JSON, "{").statusCode()).isEqualTo(400);
    assertThat(post(BEARER, "/msg/a@b", JSON, "[]").statusCode()).isEqualTo(400);
    assertThat(post(BEARER, "/msg/a@b", FORM, "body=x&html=%3Cb%3E").statusCode()).isEqualTo(400);
    assertThat(post(BEARER, "/msg/a@b", FORM, "body=%zz").statusCode()).isEqualTo(400);
    assertThat(post(BEARER, "/msg/", TEXT, "x").statusCode()).isEqualTo(422);
    assertThat(post(BEARER, "/msg/romeo", TEXT, "x").statusCode()).isEqualTo(422);
    assertThat(post(BEARER, "/msg", FORM, "to=romeo&body=x").statusCode()).isEqualTo(422);
    assertThat(post(BEARER, "/msg", JSON, "{\"to\":\"romeo\"}").statusCode()).isEqualTo(422);
    assertThat(post(BEARER, "/msg/a%20b@c", TEXT, "x").statusCode()).isEqualTo(422);
    assertThat(post(BEARER, "/msg/a@b", JSON, "{\"type\":\"error\"}").statusCode()).isEqualTo(422);
    assertThat(post(BEARER, "/msg/a@b", TEXT, "x".repeat(300_000)).statusCode()).isEqualTo(413);
    HttpResponse<String> unknown = post(BEARER, "/msg/a@b", JSON, "{\"bdy\":\"x\"}");
    assertThat(unknown.statusCode()).isEqualTo(422);
    assertThat(unknown.body()).isEqualTo("{\"error\":\"property 'bdy' is not known\"}\n");
    assertThat(received).isEmpty();
  }

  // ---------------------------------------------------------------- credentials

  @Test
  void g2_credentialsSendOnlyFromWhereTheyMay() throws Exception {
    start();
    String scoped = "Bearer scoped";
    assertThat(post(scoped, "/msg/a@b", TEXT, "x").statusCode()).isEqualTo(201);
    assertThat(received().from()).hasToString("bot@gw.localhost");
    for (String from : List.of("bot@gw.localhost/any", "news@gw.localhost/desk")) {
      assertThat(rest(scoped, "{\"to\":\"a@b\",\"body\":\"x\",\"from\":\"" + from + "\"}"))
          .extracting(HttpResponse::statusCode)
          .isEqualTo(202);
      assertThat(received().from()).hasToString(from);
    }
    for (String from :
        List.of("gw.localhost", "news@gw.localhost", "other@gw.localhost", "bot@evil.example")) {
      HttpResponse<String> refused =
          rest(scoped, "{\"to\":\"a@b\",\"body\":\"x\",\"from\":\"" + from + "\"}");
      assertThat(refused.statusCode()).as(from).isEqualTo(403);
      assertThat(condition(refused)).isEqualTo("not-authorized");
    }
    assertThat(rest(BEARER, "{\"to\":\"a@b\",\"body\":\"x\",\"from\":\"bot@evil.example\"}"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(403);
    assertThat(received).isEmpty();
  }

  @Test
  void eachOfThemHasARate() throws Exception {
    start("--api-rate=1");
    List<Integer> statuses = new ArrayList<>();
    HttpResponse<String> last;
    do {
      last = post(BEARER, "/msg/a@b", TEXT, "x");
      statuses.add(last.statusCode());
    } while (last.statusCode() == 201 && statuses.size() < 1000);
    assertThat(last.statusCode()).isEqualTo(429);
    assertThat(last.headers().firstValue("retry-after")).hasValue("1");
    assertThat(post("Bearer scoped", "/msg/a@b", TEXT, "x").statusCode()).isEqualTo(201);
  }

  // ---------------------------------------------------------------- mod_rest

  @Test
  void theExamplesOfModRestWork() throws Exception {
    start();
    String stanza =
        """
        <message type="chat" to="user@example.org">
                    <body>Hello!</body>
        </message>""";
    assertThat(post(BEARER, "/rest", XML, stanza).statusCode()).isEqualTo(202);
    assertThat(((Message) received()).body()).isEqualTo("Hello!");

    String json =
        "{\"body\" : \"Hello!\", \"kind\" : \"message\", \"to\" : \"user@example.org\","
            + " \"type\" : \"chat\"}";
    assertThat(rest(BEARER, json).statusCode()).isEqualTo(202);
    assertThat(((Message) received()).type()).isEqualTo("chat");

    assertThat(
            post(BEARER, "/rest/message/chat/john@example.com", TEXT, "Hello John!").statusCode())
        .isEqualTo(202);
    Message john = (Message) received();
    assertThat(john.to()).hasToString("john@example.com");
    assertThat(john.body()).isEqualTo("Hello John!");

    assertThat(
            post(
                    BEARER,
                    "/rest/message/groupchat/room@muc.example.com",
                    FORM,
                    "body=beep%20boop&nick=Botty")
                .statusCode())
        .isEqualTo(202);
    Message room = (Message) received();
    assertThat(room.type()).isEqualTo("groupchat");
    assertThat(room.xml().toString()).contains(">Botty</nick>");

    assertThat(post(BEARER, "/rest/presence/available/a@b", TEXT, "dnd").statusCode())
        .isEqualTo(202);
    assertThat(received().xml().toString()).contains("<show>dnd</show>");
  }

  @Test
  void anIqWaitsForItsAnswer() throws Exception {
    ComponentServer server = start();
    CompletableFuture<HttpResponse<String>> asking =
        sending(
            request("/rest")
                .header("Authorization", BEARER)
                .header("Content-Type", JSON)
                .POST(
                    BodyPublishers.ofString(
                        "{\"items\":{\"node\":\"http://jabber.org/protocol/commands\"},"
                            + "\"id\":\"8iN9hwdAAcfTBchm\",\"kind\":\"iq\",\"to\":\"example.com\","
                            + "\"type\":\"get\"}")));
    Iq asked = (Iq) received();
    assertThat(asked.id()).hasSizeGreaterThan(20).isNotEqualTo("8iN9hwdAAcfTBchm");
    // Somebody else, who guesses the id, is not believed.
    XmlElement forged =
        OutboundStanza.builder(StanzaKind.IQ, asked.from(), Jid.of("evil.example"))
            .attribute("type", "result")
            .attribute("id", asked.id())
            .build();
    server.send(OutboundStanza.of(forged)).block(Duration.ofMinutes(2));
    String items = "http://jabber.org/protocol/disco#items";
    answer(
        server,
        asked,
        XmlElement.builder(items, "query")
            .child(
                XmlElement.builder(items, "item")
                    .attribute("jid", "example.com")
                    .attribute("name", "Get uptime")
                    .attribute("node", "uptime")
                    .build())
            .build());
    HttpResponse<String> answer = asking.get(120, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue(JSON);
    JsonNode json = MAPPER.readTree(answer.body());
    assertThat(json.path("id").stringValue()).isEqualTo("8iN9hwdAAcfTBchm");
    assertThat(json.path("type").stringValue()).isEqualTo("result");
    assertThat(json.path("from").stringValue()).isEqualTo("example.com");
    assertThat(json.path("items").toString())
        .isEqualTo("[{\"jid\":\"example.com\",\"node\":\"uptime\",\"name\":\"Get uptime\"}]");
  }

  @Test
  void queriesAreAskedWithoutABody() throws Exception {
    ComponentServer server = start();
    for (String query :
        List.of("ping", "version", "disco", "items", "lastactivity", "extdisco", "stats")) {
      CompletableFuture<HttpResponse<String>> asking =
          sending(
              request("/rest/" + query + "/example.com")
                  .header("Authorization", BEARER)
                  .header("Accept", JSON));
      Iq asked = (Iq) received();
      assertThat(asked.type()).isEqualTo("get");
      assertThat(asked.children()).isEqualTo(1);
      answer(server, asked, null);
      HttpResponse<String> answer = asking.get(120, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).as(query).isEqualTo(200);
      assertThat(answer.body()).contains("\"type\":\"result\"");
    }
    CompletableFuture<HttpResponse<String>> node =
        sending(request("/rest/disco/example.com?node=n").header("Authorization", BEARER));
    Iq asked = (Iq) received();
    assertThat(asked.xml().toString()).contains("node='n'");
    server
        .send(OutboundStanza.error(asked, ErrorCondition.ITEM_NOT_FOUND.error("No.")))
        .block(Duration.ofMinutes(2));
    HttpResponse<String> error = node.get(120, TimeUnit.SECONDS);
    // As mod_rest: the answer is a stanza, XML unless asked otherwise.
    assertThat(error.statusCode()).isEqualTo(200);
    assertThat(error.headers().firstValue("content-type")).hasValue(XML);
    assertThat(error.body()).startsWith("<iq ").contains("type='error'", "<item-not-found");
    for (String wrong : List.of("/rest/nonsense/a@b", "/rest/version", "/rest/body/a@b", "/rest")) {
      assertThat(send(request(wrong).header("Authorization", BEARER)).statusCode())
          .as(wrong)
          .isEqualTo(404);
    }
  }

  @Test
  void anIqGivesUpAfterItsTime() throws Exception {
    start();
    HttpResponse<String> late =
        send(
            request("/rest/ping/example.com")
                .header("Authorization", BEARER)
                .header("Prosody-Rest-Timeout", "0.05"));
    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(condition(late)).isEqualTo("remote-server-timeout");
  }

  @Test
  void g3_waitingIqsAreBounded() throws Exception {
    // No line may have them all: it takes several to use them up.
    int share = 32;
    List<String> lines = new ArrayList<>();
    for (int i = 0; i * share < Queries.MAX_WAITING + share; i++) {
      lines.add("many" + i);
    }
    tokens = String.join("\n", lines);
    start();
    List<CompletableFuture<HttpResponse<String>>> asking = new ArrayList<>();
    for (int i = 0; i < Queries.MAX_WAITING; i++) {
      asking.add(
          sending(
              request("/rest/ping/example.com")
                  .header("Authorization", "Bearer many" + i / share)));
    }
    for (int i = 0; i < Queries.MAX_WAITING; i++) {
      received();
    }
    HttpResponse<String> surplus =
        send(
            request("/rest/ping/example.com")
                .header("Authorization", "Bearer many" + Queries.MAX_WAITING / share));
    assertThat(surplus.statusCode()).isEqualTo(503);
    assertThat(surplus.headers().firstValue("retry-after")).hasValue("1");
    assertThat(send(request("/healthz")).statusCode()).isEqualTo(200);
    // A lost stream ends them all.
    assertThat(server).isNotNull();
    server.drop();
    for (CompletableFuture<HttpResponse<String>> each : asking) {
      assertThat(each.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    }
  }

  @Test
  void withoutAStreamThereIsATimeToComeBack() throws Exception {
    ComponentServer server = start();
    server.stop().block(Duration.ofMinutes(2));
    while (send(request("/readyz")).statusCode() == 200) {
      Thread.onSpinWait();
    }
    for (String path : List.of("/msg/a@b", "/rest/message/chat/a@b")) {
      HttpResponse<String> away = post(BEARER, path, TEXT, "x");
      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.headers().firstValue("retry-after")).hasValue("5");
    }
  }

  @Test
  void g1_whatCannotBeAStanzaIsRefusedWithACondition() throws Exception {
    start();
    assertRefused(post(BEARER, "/rest", JSON, "{"), 400, "not-well-formed");
    assertRefused(post(BEARER, "/rest", JSON, "{\"to\":\"a@b\",\"body\":[]}"), 422, "bad-format");
    assertRefused(post(BEARER, "/rest", JSON, "{\"body\":\"x\"}"), 422, "bad-format");
    assertRefused(post(BEARER, "/rest", "image/png", "x"), 415, "bad-format");
    assertRefused(post(BEARER, "/rest/iq/get/a@b", TEXT, "x"), 422, "bad-format");
    assertRefused(post(BEARER, "/rest/x/y/z", TEXT, "x"), 404, "item-not-found");
    assertRefused(post(BEARER, "/rest", TEXT, "x".repeat(300_000)), 413, "resource-constraint");
    assertRefused(post("Bearer wrong", "/rest", TEXT, "x"), 401, "not-authorized");
    HttpResponse<String> xml = post(BEARER, "/rest", XML, "<message to='a@b'>");
    assertThat(xml.statusCode()).isEqualTo(400);
    assertThat(xml.body())
        .startsWith("<error xmlns='http://etherx.jabber.org/streams'><not-well-formed ");
    for (String stanza :
        List.of(
            "<message xmlns='urn:other' to='a@b'/>",
            "<stream to='a@b'/>",
            "<iq type='result' to='a@b'/>",
            "<iq type='get' to='a@b'><a/><b/></iq>",
            "<iq to='a@b'/>",
            "<message to='@'/>",
            "<message/>")) {
      assertThat(post(BEARER, "/rest", XML, stanza).statusCode()).as(stanza).isEqualTo(422);
    }
    assertThat(received).isEmpty();
    assertThat(refusals).isEmpty();
  }

  private static void assertRefused(HttpResponse<String> response, int status, String condition) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(condition(response)).isEqualTo(condition);
    assertThat(MAPPER.readTree(response.body()).path("code").intValue()).isEqualTo(status);
  }

  private static String condition(HttpResponse<String> response) {
    return MAPPER.readTree(response.body()).path("error").path("condition").asString("");
  }

  private HttpResponse<String> rest(String authorization, String json) throws Exception {
    return post(authorization, "/rest", JSON, json);
  }

  private static void answer(ComponentServer server, Stanza asked, XmlElement payload) {
    server.send(OutboundStanza.result((Iq) asked, payload)).block(Duration.ofMinutes(2));
  }
}
