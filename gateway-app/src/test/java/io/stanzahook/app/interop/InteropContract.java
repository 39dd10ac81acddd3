package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import io.stanzahook.app.interop.WebhookServer.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users, operators and bot authors are promised, the same on every XMPP server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InteropContract {
  /** Served by the gateway that a test starts for itself. */
  static final String BOT = "echo@" + XmppServer.COMPONENT;

  /** Served by the gateway that most tests share. */
  private static final String SHARED_BOT = "echo@" + XmppServer.OTHER_COMPONENT;

  /** Long enough for a wrong extra reply to arrive, which nothing announces. */
  private static final Duration QUIET = Duration.ofMillis(700);

  @RegisterExtension final Bed bed = new Bed();

  final XmppServer server;
  private final WebhookServer webhook = WebhookServer.answering(InteropContract::echoed);
  private int users;

  InteropContract(XmppServer server) {
    this.server = server;
  }

  @BeforeAll
  void startServerAndSharedGateway() {
    bed.share(server).start();
    bed.share(webhook);
    // So that a webhook's error arrives at once: what retries do has tests of its own.
    bed.share(
            GatewayProcess.startAs(
                XmppServer.OTHER_COMPONENT, server, webhook.url(), "--retry-for", "0s"))
        .awaitReady();
  }

  @BeforeEach
  void echo() {
    webhook.answer(InteropContract::echoed);
  }

  /** A new user, logged in. */
  private ChatClient user() {
    String name = "user" + ++users;
    server.register(name);
    return bed.use(ChatClient.login(server, name));
  }

  private GatewayProcess gateway(String webhookUrl, String... flags) {
    return bed.use(GatewayProcess.start(server, webhookUrl, flags)).awaitReady();
  }

  /** A webhook of the test's own that answers "ok" and the body it was sent. */
  private WebhookServer ownWebhook() {
    return bed.use(WebhookServer.answering(InteropContract::echoed));
  }

  private static Answer echoed(WebhookServer.Request request) {
    return request.json().has("body")
        ? Answer.body("ok " + request.property("body"))
        : Answer.status(204);
  }

  @Test
  void theTenLineBotAnswersTwentyMessagesInOrder() {
    BotServer php = bed.use(BotServer.php());
    gateway(php.url());
    ChatClient alice = user();
    List<String> said =
        IntStream.rangeClosed(1, 20)
            .mapToObj(
                n -> n + ": Gr\u00fc\u00dfe & <salut> \u00e0 \u0141\u00f3d\u017a \ud83d\ude00")
            .toList();

    said.forEach(text -> alice.send(BOT, text));

    for (String text : said) {
      ChatStanza reply = alice.takeMessage();
      assertThat(reply.body()).isEqualTo("Did you say " + text + "?");
      assertThat(reply.from()).isEqualTo(BOT);
      assertThat(reply.type()).isEqualTo("chat");
    }
    assertThat(alice.messagesWithin(QUIET)).isEmpty();
  }

  @Test
  void aSubscriberSeesTheBotOnlineNowAndAfterTheNextLogin() {
    String name = "subscriber";
    server.register(name);
    try (ChatClient alice = ChatClient.login(server, name)) {
      alice.subscribe(SHARED_BOT);

      assertThat(alice.takePresence("subscribed", p -> p.type().equals("subscribed")).from())
          .isEqualTo(SHARED_BOT);
      alice.takePresence("the bot's presence", InteropContract::isBotAvailable);
    }

    ChatClient again = bed.use(ChatClient.login(server, name));
    again.takePresence("the answer to the server's probe", InteropContract::isBotAvailable);
  }

  private static boolean isBotAvailable(ChatStanza presence) {
    return presence.type().isEmpty() && presence.from().startsWith(SHARED_BOT + "/");
  }

  @Test
  void anUnsubscriberSeesTheBotGo() {
    ChatClient alice = user();
    alice.subscribe(SHARED_BOT);
    alice.takePresence("the bot's presence", InteropContract::isBotAvailable);

    alice.sendRaw("<presence to='" + SHARED_BOT + "' type='unsubscribe'/>");

    alice.takePresence("unavailable", p -> p.type().equals("unavailable"));
  }

  @ParameterizedTest
  @ValueSource(strings = {XmppServer.OTHER_COMPONENT, SHARED_BOT, SHARED_BOT + "/any resource"})
  void everyAddressAnswersPings(String to) {
    ChatStanza pong = user().ping(to);

    assertThat(pong.type()).isEqualTo("result");
    assertThat(pong.from()).isEqualTo(to);
  }

  @Test
  void discoAndVersionSayWhatItIs() {
    ChatClient alice = user();

    ChatStanza domain = alice.discoInfo(XmppServer.OTHER_COMPONENT, null);
    assertThat(domain.list("identities")).containsExactly("component/generic");
    assertThat(domain.list("features"))
        .contains("http://jabber.org/protocol/disco#info", "urn:xmpp:ping", "jabber:iq:version");
    for (String bot : List.of(SHARED_BOT, SHARED_BOT + "/x")) {
      ChatStanza info = alice.discoInfo(bot, null);
      assertThat(info.list("identities")).containsExactly("client/bot");
      assertThat(info.list("features")).contains("http://jabber.org/protocol/disco#info");
      assertThat(info.from()).isEqualTo(bot);
    }
    assertThat(alice.discoInfo(SHARED_BOT, "no-such-node").error())
        .isEqualTo("cancel/item-not-found");
    assertThat(alice.discoItems(XmppServer.OTHER_COMPONENT).type()).isEqualTo("result");
    assertThat(alice.discoItems(SHARED_BOT).list("items")).isEmpty();
    ChatStanza version = alice.version(XmppServer.OTHER_COMPONENT);
    assertThat(version.text("name")).containsIgnoringCase("stanzahook");
    assertThat(version.text("version")).isNotEmpty();
  }

  @Test
  void otherRequestsAreAnsweredWithServiceUnavailable() {
    ChatClient alice = user();

    assertThat(alice.iq(SHARED_BOT, "get", "<query xmlns='urn:example:unknown'/>").error())
        .isEqualTo("cancel/service-unavailable");
    assertThat(
            alice
                .iq(XmppServer.OTHER_COMPONENT, "set", "<do xmlns='urn:example:unknown'/>")
                .error())
        .isEqualTo("cancel/service-unavailable");
  }

  @ParameterizedTest
  @CsvSource({
    "400, modify/bad-request",
    "403, auth/forbidden",
    "404, cancel/item-not-found",
    "429, wait/resource-constraint",
    "500, cancel/internal-server-error",
    "503, wait/remote-server-timeout",
    "302, cancel/service-unavailable",
  })
  void aFailingWebhookBecomesAStanzaErrorAndTheNextMessageIsAnswered(int status, String error) {
    webhook.answer(request -> new Answer(status, "text/plain", "secret detail"));
    ChatClient alice = user();

    String id = alice.send(SHARED_BOT, "hello");
    ChatStanza bounce = alice.takeMessage();

    assertThat(bounce.error()).isEqualTo(error);
    assertThat(bounce.id()).isEqualTo(id);
    assertThat(bounce.from()).isEqualTo(SHARED_BOT);
    assertThat(bounce.xml()).doesNotContain("secret detail").doesNotContain("127.0.0.1");
    webhook.answer(InteropContract::echoed);
    alice.send(SHARED_BOT, "again");
    assertThat(alice.takeMessage().body()).isEqualTo("ok again");
  }

  @Test
  void aWebhookThatIsNotThereBecomesAStanzaError() {
    GatewayProcess gateway =
        gateway("http://127.0.0.1:" + Ports.free() + "/hook", "--retry-for", "1s");
    ChatClient alice = user();

    alice.send(BOT, "hello");

    assertThat(alice.takeMessage().error()).isEqualTo("wait/remote-server-timeout");
    assertThat(gateway.isReady()).isTrue();
  }

  @Test
  void aWebhookThatIsDownForSomeSecondsCostsAnAnswerSomeSeconds() throws Exception {
    int port = Ports.free();
    gateway("http://127.0.0.1:" + port + "/hook");
    ChatClient alice = user();

    alice.send(BOT, "first");
    alice.send(BOT, "second");
    assertThat(alice.messagesWithin(Duration.ofSeconds(3))).isEmpty();
    WebhookServer late = bed.use(WebhookServer.answering(port, InteropContract::echoed));

    assertThat(alice.takeMessage().body()).isEqualTo("ok first");
    assertThat(alice.takeMessage().body()).isEqualTo("ok second");
    assertThat(alice.messagesWithin(QUIET)).isEmpty();
    assertThat(late.requests()).hasSize(2);
    assertThat(Integer.parseInt(late.requests().get(0).headers().get("webhook-attempt")))
        .isGreaterThan(1);
  }

  @Test
  void repliesThatLookHarmfulButAreNotArriveAsTheyAre() {
    String text = "</stream:stream> & ]]> <!DOCTYPE x> \ud83d\ude00\ufeff\u0085";
    webhook.answer(request -> Answer.body(text));
    ChatClient alice = user();

    alice.send(SHARED_BOT, "hello");

    assertThat(alice.takeMessage().body()).isEqualTo(text);
  }

  @Test
  void anArrayIsSentInOrder() {
    Answer array = Answer.json("[{\"body\": \"one\"}, {\"body\": \"two\"}, {\"body\": \"three\"}]");
    webhook.answer(request -> array);
    ChatClient alice = user();

    alice.send(SHARED_BOT, "hello");

    assertThat(List.of(alice.takeMessage(), alice.takeMessage(), alice.takeMessage()))
        .extracting(ChatStanza::body)
        .containsExactly("one", "two", "three");
  }

  @Test
  void plainTextIsAReply() {
    webhook.answer(request -> new Answer(200, "text/plain; charset=utf-8", "salut \u00e0 tous"));
    ChatClient alice = user();

    alice.send(SHARED_BOT, "hello");

    assertThat(alice.takeMessage().body()).isEqualTo("salut \u00e0 tous");
  }

  @Test
  void aStanzaIsAReply() {
    String xml = "<message type='headline'><body>hi</body><x xmlns='urn:x' a='1'/></message>";
    webhook.answer(request -> new Answer(200, "application/xmpp+xml", xml));
    ChatClient alice = user();

    alice.send(SHARED_BOT, "hello");

    ChatStanza reply = alice.takeMessage();
    assertThat(reply.type()).isEqualTo("headline");
    assertThat(reply.xml()).contains("urn:x");
  }

  @Test
  void repliesGoWhereTheWebhookSays() {
    ChatClient alice = user();
    ChatClient bob = user();
    webhook.answer(
        request -> Answer.json("{\"to\": \"" + bob.jid() + "\", \"body\": \"for bob\"}"));

    alice.send(SHARED_BOT, "hello");

    assertThat(bob.takeMessage().body()).isEqualTo("for bob");
    assertThat(alice.messagesWithin(QUIET)).isEmpty();
  }

  @Test
  void theWebhookJoinsARoomAndAnswersThereOnceAMessage() {
    String room = "tea" + ++users + "@" + XmppServer.ROOMS;
    String join =
        "<presence to='" + room + "/bot'><x xmlns='http://jabber.org/protocol/muc'/></presence>";
    // A bot that talked to itself would do so for ever: after a few words this one falls silent.
    AtomicInteger words = new AtomicInteger(5);
    webhook.answer(
        request -> {
          if (request.property("body").equals("join")) {
            return Answer.stanza(join);
          }
          return words.getAndDecrement() > 0 ? echoed(request) : Answer.status(204);
        });
    ChatClient alice = user();
    alice.open(room, "alice");
    alice.send(SHARED_BOT, "join");
    alice.takePresence("the bot in the room", p -> p.from().equals(room + "/bot"));

    alice.send(room, "hello all", "groupchat");

    alice.takeMessage("its own message", m -> m.body().equals("hello all"));
    ChatStanza reply = alice.takeMessage("the bot's answer", m -> !m.body().isEmpty());
    assertThat(reply.body()).isEqualTo("ok hello all");
    assertThat(reply.from()).isEqualTo(room + "/bot");
    assertThat(reply.type()).isEqualTo("groupchat");
    assertThat(alice.messagesWithin(QUIET))
        .as("the bot answers its own words, which the room sends back to it")
        .isEmpty();
  }

  @Test
  void theWebhookAnswersRequestsExactlyOnce() {
    WebhookServer service = ownWebhook();
    gateway(service.url(), "--post-stanzas", "message,presence,iq");
    ChatClient alice = user();
    String payload = "<query xmlns='urn:example:time'/>";

    service.answer(
        request -> Answer.stanza("<iq><query xmlns='urn:example:time'>noon</query></iq>"));
    ChatStanza result = alice.iq(BOT, "get", payload);
    assertThat(result.type()).isEqualTo("result");
    assertThat(result.from()).isEqualTo(BOT);
    assertThat(result.xml()).contains("noon");

    service.answer(request -> Answer.status(204));
    assertThat(alice.iq(BOT, "set", payload).type()).isEqualTo("result");

    service.answer(request -> Answer.status(403));
    assertThat(alice.iq(BOT, "get", payload).error()).isEqualTo("auth/forbidden");

    service.answer(request -> Answer.json("no JSON"));
    assertThat(alice.iq(BOT, "get", payload).error()).isEqualTo("cancel/internal-server-error");

    int posted = service.requests().size();
    assertThat(alice.ping(BOT).type()).isEqualTo("result");
    assertThat(service.requests()).as("pings are never posted").hasSize(posted);
  }

  @Test
  void messagesOfOneConversationStayInOrderUnderLoad() {
    List<ChatClient> talkers = List.of(user(), user(), user());
    List<String> said = IntStream.range(0, 100).mapToObj(Integer::toString).toList();

    for (String text : said) {
      talkers.forEach(talker -> talker.send(SHARED_BOT, text));
    }

    for (ChatClient talker : talkers) {
      List<String> heard = new ArrayList<>();
      said.forEach(text -> heard.add(talker.takeMessage().body()));
      assertThat(heard).containsExactlyElementsOf(said.stream().map(text -> "ok " + text).toList());
    }
  }
}
