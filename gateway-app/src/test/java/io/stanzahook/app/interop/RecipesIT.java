package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.net.URI;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every recipe of docs/guide/recipes.md, block by block, with a real server and a real client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecipesIT {
  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server = ProsodyServer.create();
  private RecipesPage page;
  private ChatClient romeo;

  @BeforeAll
  void start() throws Exception {
    page = RecipesPage.read();
    bed.share(server).start();
    server.register("romeo");
  }

  @BeforeEach
  void login() {
    romeo = bed.use(ChatClient.login(server, "romeo"));
  }

  @Test
  void eachRecipeIsRun() {
    assertThat(page.recipes())
        .containsExactly(
            "A bot with a memory",
            "An alert channel",
            "A repository's channel",
            "An iq service",
            "A word from cron",
            "An answer that takes a while",
            "A room bot with commands",
            "An alert that edits itself",
            "A bot that draws");
  }

  @Test
  void aBotWithAMemory() {
    run("A bot with a memory");
    String todo = "todo@" + XmppServer.COMPONENT;
    assertThat(ask(todo, "list")).isEqualTo("Nothing to do. Say: add buy milk");
    assertThat(ask(todo, "add buy milk")).isEqualTo("I keep: buy milk");
    assertThat(ask(todo, "add call Juliet")).isEqualTo("I keep: call Juliet");
    assertThat(ask(todo, "done buy milk")).isEqualTo("Well done: buy milk");
    assertThat(ask(todo, "and now?")).isEqualTo("call Juliet");
  }

  @Test
  void anAlertChannel() {
    String room = "ops@" + XmppServer.ROOMS;
    romeo.open(room, "romeo");
    RecipeRun run = run("An alert channel");
    ChatStanza rehearsal =
        romeo.takeMessage("the rehearsal", m -> m.body().equals("[FIRING] Rehearsal"));
    assertThat(rehearsal.from()).isEqualTo(room + "/alerts");
    assertThat(rehearsal.type()).isEqualTo("groupchat");
    ChatStanza alert =
        romeo.takeMessage("the alert", m -> m.body().startsWith("[FIRING:1] InstanceDown\n"));
    assertThat(alert.body()).contains("is down\n", "alertname=InstanceDown", "severity=page");
    assertThat(run.log()).doesNotContain("9fK2vWqT");
  }

  @Test
  void aRepositorysChannel() {
    String room = "ops@" + XmppServer.ROOMS;
    romeo.open(room, "romeo");
    RecipeRun run = run("A repository's channel");
    ChatStanza issue =
        romeo.takeMessage("the issue", m -> m.body().startsWith("[octo/door] ann opened issue"));
    assertThat(issue.body()).isEqualTo("[octo/door] ann opened issue #5: It jams\n\nWhen wet.");
    assertThat(issue.from()).isEqualTo(room + "/forge");
    assertThat(run.log()).doesNotContain("3dfa52c94bd4");
  }

  @Test
  void anIqService() {
    run("An iq service");
    ChatStanza rome = weather("Rome");
    assertThat(rome.type()).isEqualTo("result");
    assertThat(rome.xml()).contains("degrees=\"21\"");
    assertThat(weather("Atlantis").error()).isEqualTo("cancel/item-not-found");
  }

  private ChatStanza weather(String city) {
    return romeo.iq(
        XmppServer.COMPONENT,
        "get",
        "<query xmlns='urn:example:weather' city='%s'/>".formatted(city));
  }

  @Test
  void aWordFromCron() {
    run("A word from cron");
    ChatStanza message = romeo.takeMessage();
    assertThat(message.body()).matches("The disk of / is \\d+% full\\.");
    assertThat(message.from()).isEqualTo("bot@" + XmppServer.COMPONENT);
  }

  @Test
  void anAnswerThatTakesAWhile() {
    run("An answer that takes a while");
    assertThat(ask("bot@" + XmppServer.COMPONENT, "360")).isEqualTo("360 = 2 * 2 * 2 * 3 * 3 * 5");
  }

  @Test
  void aRoomBotWithCommands() {
    String room = "ops@" + XmppServer.ROOMS;
    romeo.open(room, "romeo");
    run("A room bot with commands");
    romeo.takePresence("the bot", p -> p.from().equals(room + "/deploybot"));
    String session = command("", "").replaceFirst("(?s).*sessionid=\"([^\"]+)\".*", "$1");
    String first = "<field var='service'><value>shop</value></field>";
    assertThat(command(session, first + "<field var='target'><value>production</value></field>"))
        .contains("executing", "Really?");
    assertThat(command(session, "<field var='sure'><value>1</value></field>"))
        .contains("completed", "shop is on production.");
    romeo.takeMessage(
        "the news",
        m ->
            m.from().equals(room + "/deploybot")
                && m.body().equals("romeo@localhost deployed shop to production."));
    romeo.send(room, "!status", "groupchat");
    romeo.takeMessage("its answer", m -> m.body().equals("shop: production"));
  }

  private String command(String session, String fields) {
    String form =
        fields.isEmpty() ? "" : "<x xmlns='jabber:x:data' type='submit'>" + fields + "</x>";
    String id = session.isEmpty() ? "" : " sessionid='" + session + "'";
    return romeo
        .iq(
            XmppServer.COMPONENT,
            "set",
            "<command xmlns='http://jabber.org/protocol/commands' node='deploy'%s>%s</command>"
                .formatted(id, form))
        .xml();
  }

  @Test
  void anAlertThatEditsItself() {
    run("An alert that edits itself");
    ChatStanza alert = romeo.takeMessage("the alert", m -> m.body().equals("The disk is full"));
    ChatStanza over = romeo.takeMessage("its end", m -> m.body().equals("over: The disk is full"));
    assertThat(over.xml()).contains("urn:xmpp:message-correct:0", "id=\"" + alert.id() + "\"");
    assertThat(over.from()).isEqualTo(alert.from());
    assertThat(romeo.iq(alert.from(), "get", "<vCard xmlns='vcard-temp'/>").xml())
        .contains("Alerts</", "image/png</");
  }

  @Test
  void aBotThatDraws() throws Exception {
    run("A bot that draws");
    romeo.send("bot@" + XmppServer.COMPONENT, "3 1 4 1 5");
    ChatStanza link = romeo.takeMessage();
    assertThat(link.xml()).contains("jabber:x:oob", "url>" + link.body() + "</");
    BufferedImage picture = ImageIO.read(URI.create(link.body()).toURL());
    assertThat(picture.getWidth()).isEqualTo(5 * 16);
    // The highest bar reaches the top, and the lowest does not.
    assertThat(picture.getRGB(4 * 16, 0)).isNotEqualTo(picture.getRGB(16, 0));
  }

  private String ask(String whom, String what) {
    romeo.send(whom, what);
    ChatStanza answer = romeo.takeMessage();
    assertThat(answer.from()).isEqualTo(whom);
    return answer.body();
  }

  private RecipeRun run(String recipe) {
    RecipeRun run = bed.use(new RecipeRun(server, programs()));
    run.run(page.blocks(recipe));
    return run;
  }

  /** By the names that the page has for them; Debian has another one for Alertmanager. */
  private static Map<String, String> programs() {
    return Map.of(
        "alertmanager", ChildProcess.onPath("prometheus-alertmanager"),
        "prometheus", ChildProcess.onPath("prometheus"));
  }
}
