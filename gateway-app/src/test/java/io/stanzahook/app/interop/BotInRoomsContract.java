package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.app.interop.WebhookServer.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A bot that entered a room of a real server by a presence of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BotInRoomsContract {
  private static final Duration QUIET = Duration.ofMillis(700);
  private static final String MUC = "http://jabber.org/protocol/muc";

  /** What makes a room that it outlives its server. */
  private static final String PERSISTENT =
      ("<query xmlns='%s#owner'><x xmlns='jabber:x:data' type='submit'>"
              + "<field var='FORM_TYPE'><value>%1$s#roomconfig</value></field>"
              + "<field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query>")
          .formatted(MUC);

  private static final String XML = "application/xmpp+xml";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static final String COMMANDS = "http://jabber.org/protocol/commands";

  /** A PNG of one pixel. */
  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  /** Another one: a JPEG would do as well. */
  private static final String OTHER_PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

  /** What rooms take for a ghost's last words, and what they do not. */
  private static final List<String> CONDITIONS =
      List.of(
          "gone",
          "internal-server-error",
          "item-not-found",
          "jid-malformed",
          "recipient-unavailable",
          "redirect",
          "remote-server-not-found",
          "remote-server-timeout",
          "service-unavailable",
          "undefined-condition",
          "bad-request");

  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server;
  private final WebhookServer webhook = WebhookServer.answering(request -> Answer.status(204));
  private GatewayProcess gateway;
  private ChatClient romeo;
  private String bot;
  private String room;
  private int rooms;

  BotInRoomsContract(XmppServer server) {
    this.server = server;
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    bed.share(server).start();
    bed.share(webhook);
    server.register("romeo");
    Path tokens = Files.writeString(folder.resolve("tokens"), "t0ken\n");
    gateway =
        bed.share(
                GatewayProcess.start(
                    server, webhook.url(), "--retry-for=1s", "--api-token-file=" + tokens))
            .awaitReady();
  }

  @BeforeEach
  void open() throws Exception {
    webhook.answer(request -> Answer.status(204));
    romeo = bed.use(ChatClient.login(server, "romeo"));
    rooms++;
    room = "den" + rooms + "@" + XmppServer.ROOMS;
    bot = "bot" + rooms + "@" + XmppServer.COMPONENT + "/den";
    romeo.open(room, "romeo");
    join("{\"muc\":{}}");
  }

  private void join(String muc) throws Exception {
    rest(
        "application/json",
        muc.replaceFirst(
            "\\{",
            "{\"kind\":\"presence\",\"to\":\"%s/bot\",\"from\":\"%s\",".formatted(room, bot)));
    romeo.takePresence(
        "the bot in the room", p -> p.from().equals(room + "/bot") && p.type().isEmpty());
  }

  private static Function<Request, Answer> toBodies(Answer answer) {
    return request -> request.property("body").isEmpty() ? Answer.status(204) : answer;
  }

  /** How many messages with a body it was called for: a room's subject comes when it likes. */
  private long calls() {
    return webhook.requests().stream().filter(r -> !r.property("body").isEmpty()).count();
  }

  // ------------------------------------------------------------ own words

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/xmpp+xml | <message type='groupchat'><body>bot says</body></message>",
        "application/json     | {\"stanza\":\"<message type='groupchat'><body>bot"
            + " says</body></message>\"}",
        "application/json     | {\"body\":\"bot says\"}",
        "application/json     | {\"body\":\"bot says\",\"id\":\"1\"}",
        "text/plain           | bot says",
      })
  void oneMessageOfAPersonIsOneCall(String type, String answer) {
    webhook.answer(toBodies(new Answer(200, type, answer)));
    long before = calls();
    romeo.send(room, "hello", "groupchat");
    ChatStanza said = romeo.takeMessage("the answer", m -> m.from().equals(room + "/bot"));
    assertThat(said.body()).isEqualTo("bot says");
    Await.holds(Duration.ofSeconds(2), () -> calls() > before + 1);
    assertThat(calls()).isEqualTo(before + 1);
  }

  @Test
  void aMessageOfRestIsOneToAllButItself() throws Exception {
    webhook.answer(toBodies(Answer.body("bot says")));
    long before = calls();
    rest(
        XML,
        "<message to='%s' from='%s' type='groupchat'><body>news</body></message>"
            .formatted(room, bot));
    romeo.takeMessage("the news", m -> m.body().equals("news"));
    Await.holds(QUIET, () -> calls() > before);
    assertThat(calls()).isEqualTo(before);
  }

  @Test
  void whoeverTakesItsOldNickIsHeard() throws Exception {
    rest(XML, "<presence to='%s/robot' from='%s'/>".formatted(room, bot));
    romeo.takePresence("the new nick", p -> p.from().equals(room + "/robot"));
    romeo.sendRaw("<presence to='%s/bot'/>".formatted(room));
    romeo.takePresence("the old nick", p -> p.from().equals(room + "/bot") && p.type().isEmpty());
    webhook.answer(toBodies(Answer.body("bot says")));
    long before = calls();
    romeo.send(room, "it is me", "groupchat");
    ChatStanza said = romeo.takeMessage("the answer", m -> m.body().equals("bot says"));
    assertThat(said.from()).isEqualTo(room + "/robot");
    Await.holds(QUIET, () -> calls() > before + 1);
    assertThat(calls()).isEqualTo(before + 1);
  }

  // ------------------------------------------------------------ staying

  @ParameterizedTest
  @ValueSource(ints = {302, 404, 500, 503})
  void staysInItsRoomsWhateverTheWebhookSays(int status) {
    webhook.answer(request -> Answer.status(status));
    romeo.send(room + "/bot", "psst", "chat");
    ChatStanza told = romeo.takeMessage("an error", m -> m.type().equals("error"));
    assertThat(told.from()).isEqualTo(room + "/bot");
    staysIn();
  }

  @Test
  void staysInItsRoomsWhateverErrorsItsWebhookWrites() {
    for (String condition : CONDITIONS) {
      webhook.answer(
          toBodies(
              new Answer(
                  200,
                  XML,
                  "<message type='error'><error type='cancel'>"
                      + "<%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
                          .formatted(condition))));
      romeo.send(room + "/bot", condition, "chat");
      romeo.takeMessage("an error", m -> m.type().equals("error"));
    }
    staysIn();
  }

  @Test
  void staysInItsRoomsWhateverOccupantsAskIt() {
    assertThat(romeo.ping(room + "/bot").type()).isEqualTo("result");
    assertThat(romeo.iq(room + "/bot", "get", "<query xmlns='urn:unknown'/>").type())
        .isEqualTo("error");
    assertThat(romeo.iq(room + "/bot", "get", "<vCard xmlns='vcard-temp'/>").type())
        .isEqualTo("error");
    romeo.sendRaw("<presence to='%s/romeo'><x xmlns='%s'/></presence>".formatted(room, MUC));
    staysIn();
  }

  private void staysIn() {
    webhook.answer(toBodies(Answer.body("still here")));
    romeo.send(room, "are you there?", "groupchat");
    ChatStanza said = romeo.takeMessage("the answer", m -> m.body().equals("still here"));
    assertThat(said.from()).isEqualTo(room + "/bot");
    assertThat(romeo.history())
        .as("the bot was never away")
        .noneMatch(s -> s.from().equals(room + "/bot") && s.type().equals("unavailable"));
  }

  @Test
  void whoeverIsKickedComesBackByItself() {
    ChatStanza kick =
        romeo.iq(
            room,
            "set",
            "<query xmlns='%s#admin'><item nick='bot' role='none'><reason>out</reason></item></query>"
                .formatted(MUC));
    assertThat(kick.type()).isEqualTo("result");
    romeo.takePresence("its end", p -> p.from().equals(room + "/bot") && !p.type().isEmpty());
    romeo.takePresence("it again", p -> p.from().equals(room + "/bot") && p.type().isEmpty());
    staysInAfter();
    assertThat(gateway.log().lines().filter(line -> line.contains("out of the room '" + room)))
        .singleElement()
        .asString()
        .contains("WARN", "as 'bot'", "kicked", "enters again in 1 s");
    assertThat(gateway.metric("stanzahook_rooms_lost_total", "reason=\"kicked\"")).isPositive();
  }

  private void staysInAfter() {
    webhook.answer(toBodies(Answer.body("back")));
    romeo.send(room, "are you there?", "groupchat");
    assertThat(romeo.takeMessage("the answer", m -> m.body().equals("back")).from())
        .isEqualTo(room + "/bot");
  }

  // ------------------------------------------------------------ the past

  @Test
  void joinsWithoutHistory_andWhatIsHistorySaysSo() throws Exception {
    romeo.send(room, "deploy prod", "groupchat");
    romeo.takeMessage("it", m -> m.body().equals("deploy prod"));
    int before = webhook.requests().size();
    String first = bot;
    bot = "late" + rooms + "@" + XmppServer.COMPONENT + "/den";
    joinAs("late", "{\"muc\":{}}");
    romeo.send(room, "now", "groupchat");
    Await.until("both hear it", ChatClient.LIMIT, () -> bodies(before).contains("now@" + bot));
    assertThat(bodies(before)).doesNotContain("deploy prod@" + bot);
    bot = "reader" + rooms + "@" + XmppServer.COMPONENT + "/den";
    joinAs("reader", "{\"muc\":{\"history\":{\"maxstanzas\":10}}}");
    Await.until(
        "the past is told", ChatClient.LIMIT, () -> bodies(before).contains("deploy prod@" + bot));
    Request old =
        webhook.requests().stream()
            .skip(before)
            .filter(r -> r.property("body").equals("deploy prod"))
            .filter(r -> r.property("to").equals(bot))
            .findFirst()
            .orElseThrow();
    assertThat(old.json().path("history").asBoolean(false)).isTrue();
    assertThat(old.property("delay")).isNotEmpty();
    Request now =
        webhook.requests().stream()
            .skip(before)
            .filter(r -> r.property("body").equals("now") && r.property("to").equals(first))
            .findFirst()
            .orElseThrow();
    assertThat(now.json().has("history")).isFalse();
    assertThat(now.json().path("room").toString())
        .isEqualTo("{\"room\":\"%s\",\"nick\":\"romeo\",\"me\":\"bot\"}".formatted(room));
  }

  private List<String> bodies(int from) {
    return webhook.requests().stream()
        .skip(from)
        .map(request -> request.property("body") + "@" + request.property("to"))
        .toList();
  }

  private void joinAs(String nick, String muc) throws Exception {
    rest(
        "application/json",
        muc.replaceFirst(
            "\\{",
            "{\"kind\":\"presence\",\"to\":\"%s/%s\",\"from\":\"%s\",".formatted(room, nick, bot)));
    romeo.takePresence("it in the room", p -> p.from().equals(room + "/" + nick));
  }

  // ------------------------------------------------------------ the server goes and comes back

  @Test
  void isBackSoonAfterTheServer_withWhoeverSpeaksThere() throws Exception {
    assertThat(romeo.iq(room, "set", PERSISTENT).type()).isEqualTo("result");
    webhook.answer(toBodies(Answer.body("back")));
    romeo.send(room, "last words", "groupchat");
    romeo.takeMessage("the answer", m -> m.body().equals("back"));
    server.stop();
    Await.until("the loss is seen", GatewayProcess.READY_LIMIT, () -> !gateway.isReady());
    server.start();
    ChatClient again = bed.use(ChatClient.login(server, "romeo", "again"));
    again.join(room, "romeo");
    // Somebody speaks all the time: before the bot is back, and to what the server remembers of it.
    boolean answered = false;
    long end = System.nanoTime() + ChatClient.LIMIT.toNanos();
    while (!answered && System.nanoTime() < end) {
      again.send(room, "are you there?", "groupchat");
      answered = again.messagesWithin(QUIET).stream().anyMatch(this::isAnswer);
    }
    assertThat(answered).as("the bot is back").isTrue();
    assertThat(gateway.metric("stanzahook_rooms", "state=\"joined\"")).isPositive();
  }

  @Test
  void isInTheRoomsOfItsSettingsAndOfInvitations_overRestartsOfTheServerAndItsOwn(
      @TempDir Path folder) throws Exception {
    romeo.iq(room, "set", PERSISTENT);
    String den = "private" + room;
    romeo.open(den, "romeo");
    romeo.iq(den, "set", PERSISTENT);
    webhook.answer(toBodies(Answer.body("here")));
    GatewayProcess own = inRoom(folder);
    ChatStanza face = romeo.takePresence("it in the room", isIn(room));
    seesItsFace(face);
    executesItsCommand();
    webhook.answer(toBodies(Answer.body("here")));
    romeo.sendRaw(
        "<message to='%s'><x xmlns='jabber:x:conference' jid='%s' reason='join us'/></message>"
            .formatted(XmppServer.OTHER_COMPONENT, den));
    romeo.takePresence("it where it is invited", isIn(den));
    Await.until(
        "the webhook is told of it",
        ChatClient.LIMIT,
        () ->
            webhook.requests().stream()
                .anyMatch(r -> r.json().path("invite").path("room").asString("").equals(den)));
    awaitJoined(own, room, den);

    server.stop();
    Await.until("the loss is seen", GatewayProcess.READY_LIMIT, () -> !own.isReady());
    server.start();
    long up = System.nanoTime();
    awaitJoined(own, room, den);
    System.out.println(
        "%s: in its rooms again %d ms after the server"
            .formatted(server.name(), Duration.ofNanos(System.nanoTime() - up).toMillis()));
    ChatClient again = bed.use(ChatClient.login(server, "romeo", "once more"));
    again.join(room, "romeo");
    again.join(den, "romeo");
    int before = webhook.requests().size();
    again.send(den, "still there?", "groupchat");
    again.takeMessage(
        "its answer", m -> m.from().equals(den + "/robot") && m.body().equals("here"));
    assertThat(webhook.requests().stream().skip(before))
        .noneMatch(r -> r.json().path("history").asBoolean(false));

    own.terminate();
    assertThat(own.awaitExit()).isZero();
    for (String each : List.of(room, den)) {
      Await.until(
          "it leaves " + each,
          ChatClient.LIMIT,
          () ->
              again.history().stream()
                  .anyMatch(
                      p -> p.from().equals(each + "/robot") && p.type().equals("unavailable")));
    }
    awaitJoined(inRoom(folder), room, den);
  }

  @Test
  void whatAReloadChangesOfItsFaceRoomsAndCommandsIsSeenOnTheSameStream(@TempDir Path folder)
      throws Exception {
    String next = "next" + room;
    romeo.open(next, "romeo");
    Path configuration = folder.resolve("face.yaml");
    Files.writeString(configuration, face(folder, "robot", room, "deploy", PIXEL));
    GatewayProcess own =
        bed.use(
                GatewayProcess.startAs(
                    XmppServer.OTHER_COMPONENT, server, webhook.url(), "--config=" + configuration))
            .awaitReady();
    String bot = "friend@" + XmppServer.OTHER_COMPONENT;
    romeo.subscribe(bot);
    ChatStanza before = seen("its presence", p -> p.from().equals(bot + "/default"));
    seen("it in the room", isIn(room));

    Files.writeString(configuration, face(folder, "hero", next, "undo", OTHER_PIXEL));
    own.hangup();

    seen(
        "it out of the room",
        p -> p.from().equals(room + "/robot") && p.type().equals("unavailable"));
    ChatStanza there = seen("it in the next room", p -> p.from().equals(next + "/hero"));
    assertThat(hash(there)).isNotEqualTo(hash(before));
    seen(
        "the new face, told to a contact",
        p ->
            p.from().equals(bot + "/default")
                && p.xml().contains(hash(there))
                && p.xml().contains("hero</"));
    // Gajim takes the name of a contact from this event alone.
    for (String name : List.of("robot", "hero")) {
      seen(
          "the name as an event",
          m ->
              m.from().equals(bot)
                  && m.xml().contains("http://jabber.org/protocol/pubsub#event")
                  && m.xml().contains(name + "</"));
    }
    seen(
        "the new picture as an event",
        m ->
            m.from().equals(bot)
                && m.xml().contains("pubsub#event")
                && m.xml().contains(hash(there)));
    assertThat(romeo.iq(bot, "get", "<vCard xmlns='vcard-temp'/>").xml())
        .contains("hero</", OTHER_PIXEL.substring(0, 60));
    assertThat(
            romeo
                .iq(
                    bot,
                    "get",
                    "<query xmlns='http://jabber.org/protocol/disco#items' node='%s'/>"
                        .formatted(COMMANDS))
                .xml())
        .contains("undo")
        .doesNotContain("deploy");
    assertThat(own.metric("stanzahook_stream_connects_total")).isEqualTo(1);
  }

  /** The first stanza of all so far, or to come. */
  private ChatStanza seen(String what, Predicate<ChatStanza> wanted) {
    Await.until(what, ChatClient.LIMIT, () -> romeo.history().stream().anyMatch(wanted));
    return romeo.history().stream().filter(wanted).findFirst().orElseThrow();
  }

  private static String hash(ChatStanza presence) {
    return presence.xml().replaceFirst("(?s).*photo[^>]*>([0-9a-f]{40})</.*", "$1");
  }

  private static String face(Path folder, String name, String room, String command, String picture)
      throws IOException {
    Path file = Files.write(folder.resolve("picture"), Base64.getDecoder().decode(picture));
    Path commands =
        Files.writeString(folder.resolve("commands"), "- {node: %s}\n".formatted(command));
    return "name: %s\nroom: %s\navatar: %s\ncommands: %s\n".formatted(name, room, file, commands);
  }

  private static void awaitJoined(GatewayProcess gateway, String... rooms) {
    for (String each : rooms) {
      Await.until(
          "it is in " + each,
          ChatClient.LIMIT,
          () -> gateway.readiness().contains("\"%s\":\"joined\"".formatted(each)));
    }
  }

  /** As Gajim, Dino, Conversations and profanity look for it. */
  private void seesItsFace(ChatStanza presence) {
    String hash = presence.xml().replaceFirst("(?s).*photo[^>]*>([0-9a-f]{40})</.*", "$1");
    assertThat(hash).as(presence.xml()).hasSize(40);
    assertThat(presence.xml()).contains("robot</");
    for (String address :
        List.of(XmppServer.OTHER_COMPONENT, "any@" + XmppServer.OTHER_COMPONENT, presence.from())) {
      ChatStanza vcard = romeo.iq(address, "get", "<vCard xmlns='vcard-temp'/>");
      assertThat(vcard.type()).as(address).isEqualTo("result");
      assertThat(vcard.xml()).contains("robot</", "image/png</", PIXEL.substring(0, 60));
    }
    ChatStanza metadata =
        romeo.iq(
            XmppServer.OTHER_COMPONENT,
            "get",
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"
                + "<items node='urn:xmpp:avatar:metadata'/></pubsub>");
    assertThat(metadata.xml()).contains(hash, "image/png");
    assertThat(romeo.discoInfo(XmppServer.OTHER_COMPONENT, null).xml()).contains("robot");
  }

  private static Path commands(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("commands.yaml"),
        "- {node: deploy, name: Deploy, who: [localhost], fields: [{var: target, required: true}]}\n");
  }

  /** Two pages: what the settings ask, and what the webhook asks then. */
  private void executesItsCommand() {
    String bot = XmppServer.OTHER_COMPONENT;
    ChatStanza list =
        romeo.iq(
            bot,
            "get",
            "<query xmlns='http://jabber.org/protocol/disco#items' node='%s'/>"
                .formatted(COMMANDS));
    assertThat(list.xml()).contains("deploy", "Deploy");
    ChatStanza first =
        romeo.iq(bot, "set", "<command xmlns='%s' node='deploy'/>".formatted(COMMANDS));
    assertThat(first.xml()).contains("executing", "target");
    String session = first.xml().replaceFirst("(?s).*sessionid=\"([^\"]+)\".*", "$1");
    webhook.answer(
        request ->
            request.property("kind").equals("command")
                ? Answer.json("{\"fields\":[{\"var\":\"sure\",\"type\":\"boolean\"}]}")
                : Answer.status(204));
    ChatStanza second = romeo.iq(bot, "set", submit(session, "target", "staging"));
    assertThat(second.xml()).contains("executing", "sure");
    webhook.answer(
        request ->
            request.property("kind").equals("command")
                ? Answer.body(request.json().path("fields").toString())
                : Answer.status(204));
    ChatStanza last = romeo.iq(bot, "set", submit(session, "sure", "1"));
    assertThat(last.xml()).contains("completed", "{\"target\":\"staging\",\"sure\":true}");
  }

  private static String submit(String session, String name, String value) {
    return ("<command xmlns='%s' node='deploy' sessionid='%s'>"
            + "<x xmlns='jabber:x:data' type='submit'>"
            + "<field var='%s'><value>%s</value></field></x></command>")
        .formatted(COMMANDS, session, name, value);
  }

  private static Path picture(Path folder) throws IOException {
    return Files.write(folder.resolve("face"), Base64.getDecoder().decode(PIXEL));
  }

  private GatewayProcess inRoom(Path folder) throws IOException {
    return bed.use(
            GatewayProcess.startAs(
                XmppServer.OTHER_COMPONENT,
                server,
                webhook.url(),
                "--room=" + room,
                "--name=robot",
                "--avatar=" + picture(folder),
                "--commands=" + commands(folder),
                "--accept-invitations=on",
                "--spool=" + folder.resolve("spool")))
        .awaitReady();
  }

  private static Predicate<ChatStanza> isIn(String room) {
    return p -> p.from().equals(room + "/robot") && p.type().isEmpty();
  }

  private boolean isAnswer(ChatStanza message) {
    return message.from().equals(room + "/bot")
        && message.body().equals("back")
        && !message.xml().contains("urn:xmpp:delay");
  }

  private void rest(String type, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway.httpUrl() + "/rest"))
            .timeout(Duration.ofSeconds(40))
            .header("Authorization", "Bearer t0ken")
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
  }
}
