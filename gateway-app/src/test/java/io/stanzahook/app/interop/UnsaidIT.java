package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.signing.NewSigningKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A chat with each bot that the documentation shows, as clients really lead it: they tell that
 * their user types, has read, reacts. The right answers come, and nothing else, neither replies nor
 * errors.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnsaidIT {
  private static final NewSigningKey KEY = NewSigningKey.shared();
  private static final NewSigningKey PAIR = NewSigningKey.asymmetric();

  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server = ProsodyServer.create();
  private ChatClient ann;
  private int rooms;

  @BeforeAll
  void startServer() {
    bed.share(server).start();
    server.register("ann");
  }

  @BeforeEach
  void login() {
    ann = bed.use(ChatClient.login(server, "ann"));
  }

  static Stream<Arguments> bots() {
    return Stream.of(
        bot("PHP", BotServer::php, ""),
        bot("Python", BotServer::python, ""),
        bot("Node", BotServer::node, ""),
        bot("PHP, rest-json", BotServer::php, "--post-format=rest-json"),
        bot("signed PHP", () -> BotServer.signedPhp(KEY.verifier()), KEY.secret()),
        bot("signed Python", () -> BotServer.signedPython(KEY.verifier()), KEY.secret()),
        bot("signed Node", () -> BotServer.signedNode(KEY.verifier()), KEY.secret()),
        bot("Node, public key", () -> BotServer.signedNode(PAIR.verifier()), PAIR.secret()));
  }

  private static Arguments bot(String name, Supplier<BotServer> start, String more) {
    return Arguments.of(Named.of(name, start), more);
  }

  @ParameterizedTest
  @MethodSource("bots")
  void aBotSpeaksOnlyWhereSomethingWasSaid(
      Supplier<BotServer> start, String more, @TempDir Path folder) throws Exception {
    Path tokens = Files.writeString(folder.resolve("tokens"), "t0ken\n");
    String flag =
        more.startsWith("whs")
            ? "--signing-secret-file=" + Files.writeString(folder.resolve("key"), more + "\n")
            : more.isEmpty() ? "--order=conversation" : more;
    BotServer bot = bed.use(start.get());
    GatewayProcess gateway =
        bed.use(GatewayProcess.start(server, bot.url(), "--api-token-file=" + tokens, flag))
            .awaitReady();

    chat("bot@" + XmppServer.COMPONENT, "0", "Did you say 0?");
    assertThat(ann.history()).filteredOn(s -> s.text("event").equals("message")).hasSize(2);

    // In a room the whole room would hear it.
    String room = "tea" + ++rooms + "@" + XmppServer.ROOMS;
    ann.open(room, "ann");
    post(
        gateway.httpUrl() + "/rest",
        "<presence to='%s/bot' from='bot@%s'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
            .formatted(room, XmppServer.COMPONENT));
    ann.takePresence("the bot in the room", p -> p.from().equals(room + "/bot"));
    ann.sendRaw("<message to='%s' type='groupchat'><subject/></message>".formatted(room));
    Unsaid.say(ann, room, "groupchat");
    ann.send(room, "tea?", "groupchat");
    ann.takeMessage("the answer", m -> m.body().equals("Did you say tea??"));
    Unsaid.say(ann, room, "groupchat");
    ann.send(room, "more?", "groupchat");
    ann.takeMessage("the answer", m -> m.body().equals("Did you say more??"));
    assertThat(ann.history())
        .filteredOn(s -> s.text("event").equals("message") && s.from().equals(room + "/bot"))
        .extracting(ChatStanza::body)
        .containsExactly("Did you say tea??", "Did you say more??");
    assertThat(gateway.metric("stanzahook_webhook_request_seconds_count", "status=\"2"))
        .isEqualTo(gateway.metric("stanzahook_webhook_request_seconds_count"));
  }

  /** Says something twice; what came for all that was not said would come between. */
  private void chat(String to, String what, String answer) {
    for (int i = 0; i < 2; i++) {
      Unsaid.say(ann, to, "chat");
      ann.send(to, what);
      ChatStanza reply = ann.takeMessage();
      assertThat(reply.body()).as("%s", reply).isEqualTo(answer);
      assertThat(reply.from()).isEqualTo(to);
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void aRecipesBotSpeaksOnlyWhereSomethingWasSaid(String recipe, String what, String answer)
      throws Exception {
    RecipeRun run = bed.use(new RecipeRun(server, Map.of()));
    run.run(RecipesPage.read().blocks(recipe));
    chat("bot@" + XmppServer.COMPONENT, what, answer);
    assertThat(ann.history()).filteredOn(s -> s.text("event").equals("message")).hasSize(2);
    assertThat(run.log()).doesNotContain("Traceback");
  }

  static Stream<Arguments> recipes() {
    return Stream.of(
        Arguments.of("A bot with a memory", "list", "Nothing to do. Say: add buy milk"),
        Arguments.of("An answer that takes a while", "6", "6 = 2 * 3"));
  }

  @Test
  void whatAsksNothingGetsNoErrorHoweverTheWebhookFails() {
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.status(404)));
    bed.use(
            GatewayProcess.start(
                server, webhook.url(), "--post-stanzas=message,presence", "--retry-for=0s"))
        .awaitReady();
    String bot = "bot@" + XmppServer.COMPONENT;
    for (int status : List.of(404, 500, 503)) {
      webhook.answer(request -> Answer.status(status));
      Unsaid.say(ann, bot, "chat");
      for (String type : List.of("subscribed", "unsubscribed", "unsubscribe", "unavailable")) {
        ann.sendRaw("<presence to='%s' type='%s'/>".formatted(bot, type));
      }
      ann.sendRaw("<presence to='%s'/>".formatted(bot));
      String id = ann.send(bot, "hello");
      ChatStanza error = ann.takeMessage();
      assertThat(error.type()).isEqualTo("error");
      assertThat(error.id()).isEqualTo(id);
    }
    assertThat(ann.history()).filteredOn(s -> s.text("from").startsWith(bot)).hasSize(3);
    assertThat(webhook.requests()).hasSizeGreaterThan(3 * Unsaid.CONTENTS.size());
  }

  private static void post(String url, String xml) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer t0ken")
            .header("Content-Type", "application/xmpp+xml")
            .POST(BodyPublishers.ofString(xml))
            .build();
    assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode())
        .isEqualTo(202);
  }
}
