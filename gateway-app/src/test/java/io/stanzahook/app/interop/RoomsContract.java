package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Messages of the send API to the chat rooms of a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RoomsContract {
  private static final Duration QUIET = Duration.ofMillis(500);
  private static final String ADMIN = "http://jabber.org/protocol/muc#admin";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server;
  private final WebhookServer webhook =
      WebhookServer.answering(request -> Answer.body("you said " + request.property("body")));
  private GatewayProcess gateway;
  private ChatClient romeo;
  private String room;
  private int rooms;

  RoomsContract(XmppServer server) {
    this.server = server;
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    bed.share(server).start();
    bed.share(webhook);
    server.register("romeo");
    Path tokens =
        Files.writeString(
            folder.resolve("tokens"),
            "t0ken\nalerts alerts@%1$s\nother alerts@%1$s/desk\n".formatted(XmppServer.COMPONENT));
    gateway =
        bed.share(
                GatewayProcess.start(
                    server,
                    webhook.url(),
                    "--post-stanzas=message,presence",
                    "--api-token-file=" + tokens))
            .awaitReady();
  }

  @BeforeEach
  void open() {
    romeo = bed.use(ChatClient.login(server, "romeo"));
    room = "ops" + ++rooms + "@" + XmppServer.ROOMS;
    romeo.open(room, "romeo");
  }

  @AfterEach
  void nothingOfTheRoomReachedTheWebhook() {
    assertThat(webhook.requests())
        .allSatisfy(request -> assertThat(request.property("body")).startsWith("for the bot"));
  }

  @Test
  void twoMessagesTakeOneJoining() throws Exception {
    assertThat(say("alerts", "one").statusCode()).isEqualTo(201);
    assertThat(say("alerts", "two \ud83d\ude00").statusCode()).isEqualTo(201);
    ChatStanza one = romeo.takeMessage("one", m -> m.body().equals("one"));
    assertThat(one.from()).isEqualTo(room + "/alerts");
    assertThat(one.type()).isEqualTo("groupchat");
    romeo.takeMessage("two", m -> m.body().equals("two \ud83d\ude00"));
    assertThat(romeo.messagesWithin(QUIET)).isEmpty();
    assertThat(joined("alerts")).isEqualTo(1);
  }

  @Test
  void whoeverIsKickedComesBackWithTheNextMessage() throws Exception {
    assertThat(say("alerts", "one").statusCode()).isEqualTo(201);
    romeo.takeMessage("one", m -> m.body().equals("one"));
    ChatStanza kick =
        romeo.iq(
            room,
            "set",
            "<query xmlns='%s'><item nick='alerts' role='none'/></query>".formatted(ADMIN));
    assertThat(kick.type()).isEqualTo("result");
    romeo.takePresence(
        "the bot's end", p -> p.from().equals(room + "/alerts") && !p.type().isEmpty());
    HttpResponse<String> next = say("alerts", "two");
    assertThat(next.statusCode()).as(next.body()).isEqualTo(201);
    romeo.takeMessage("two", m -> m.body().equals("two"));
    assertThat(romeo.messagesWithin(QUIET)).isEmpty();
    assertThat(joined("alerts")).isEqualTo(2);
  }

  @Test
  void whoeverIsBannedIsTold() throws Exception {
    ChatStanza ban =
        romeo.iq(
            room,
            "set",
            "<query xmlns='%s'><item jid='alerts@%s' affiliation='outcast'/></query>"
                .formatted(ADMIN, XmppServer.COMPONENT));
    assertThat(ban.type()).isEqualTo("result");
    HttpResponse<String> refused = say("alerts", "one");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("forbidden").contains(room);
  }

  @Test
  void aNickThatIsTakenGetsANumber() throws Exception {
    assertThat(say("alerts", "one").statusCode()).isEqualTo(201);
    // Another resource is another occupant, so its nick is taken.
    assertThat(say("other", "two").statusCode()).isEqualTo(201);
    romeo.takeMessage("one", m -> m.from().equals(room + "/alerts"));
    ChatStanza two = romeo.takeMessage("two", m -> m.body().equals("two"));
    // ejabberd lets several resources of one address share a nick.
    assertThat(two.from()).isIn(room + "/alerts_2", room + "/alerts");
  }

  @Test
  void aRoomThatIsNotThereIsNotMade() throws Exception {
    String missing = "nobody" + rooms + "@" + XmppServer.ROOMS;
    HttpResponse<String> refused = say("alerts", missing, "one");
    assertThat(refused.statusCode()).isEqualTo(404);
    assertThat(refused.body()).contains("item-not-found", "create it first");
    // Prosody without federation says so; ejabberd looks for it and does not find it.
    assertThat(say("alerts", "rooms.elsewhere.invalid", "x").statusCode()).isIn(403, 404);
    HttpResponse<String> somebody = say("alerts", room + "/romeo", "x");
    assertThat(somebody.statusCode()).isEqualTo(422);
  }

  @Test
  void whatIsSaidThereIsAnsweredThere() throws Exception {
    assertThat(say("alerts", "one").statusCode()).isEqualTo(201);
    romeo.send(room, "for the bot: hello", "groupchat");
    ChatStanza answer =
        romeo.takeMessage("the answer", m -> m.body().equals("you said for the bot: hello"));
    assertThat(answer.from()).isEqualTo(room + "/alerts");
    romeo.sendRaw(
        "<message to='%s' type='groupchat'><subject>For all</subject></message>".formatted(room));
    assertThat(romeo.messagesWithin(QUIET)).noneMatch(m -> m.body().startsWith("you said"));
  }

  @Test
  void comesBackAfterTheServersRestart() throws Exception {
    assertThat(say("alerts", "one").statusCode()).isEqualTo(201);
    romeo.takeMessage("one", m -> m.body().equals("one"));
    server.restart();
    Await.until("the gateway is back", Duration.ofSeconds(40), gateway::isReady);
    ChatClient again = bed.use(ChatClient.login(server, "romeo", "again"));
    room = "again" + rooms + "@" + XmppServer.ROOMS;
    again.open(room, "romeo");
    assertThat(say("alerts", "two").statusCode()).isEqualTo(201);
    again.takeMessage("two", m -> m.body().equals("two"));
  }

  /** How often romeo saw that nick come. */
  private long joined(String nick) {
    List<ChatStanza> come =
        romeo.history().stream()
            .filter(s -> s.from().equals(room + "/" + nick))
            .filter(s -> s.text("event").equals("presence") && s.type().isEmpty())
            .toList();
    return come.size();
  }

  private HttpResponse<String> say(String token, String body) throws Exception {
    return say(token, room, body);
  }

  private HttpResponse<String> say(String token, String to, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway.httpUrl() + "/msg/" + to))
            .timeout(Duration.ofSeconds(40))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString("{\"type\":\"groupchat\",\"body\":\"%s\"}".formatted(body)))
            .build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }
}
