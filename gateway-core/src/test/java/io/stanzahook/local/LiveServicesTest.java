package io.stanzahook.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Name, picture, commands and filters that change while the component runs. */
class LiveServicesTest {
  private final List<Stanza> dropped = new ArrayList<>();

  private LiveServices services(LocalSettings settings, StanzaKind... posted) {
    return new LiveServices(
        "gw.example", Set.of(posted), settings, InstantSource.system(), dropped::add);
  }

  private static LocalSettings named(String name) {
    return TestSettings.local(name, "1");
  }

  private static LocalSettings commands(LocalSettings settings, String json) {
    Commands parsed =
        Commands.parse(
            new JsonMapper().readTree(json),
            problem -> {
              throw new AssertionError(problem);
            });
    return Settings.with(settings, "commands", parsed);
  }

  private static String answer(LocalService services, String xml) {
    List<OutboundStanza> answers = services.answer(Stanzas.of(xml));
    assertThat(answers).as(xml).isNotEmpty();
    return XmlWriter.write(answers.get(answers.size() - 1).element());
  }

  private static String command(LocalService services, String node, String rest) {
    return answer(
        services,
        "<iq from='a@b/c' to='gw.example' type='set' id='q'><command xmlns='http://jabber.org/protocol/commands' node='%s'%s</iq>"
            .formatted(node, rest));
  }

  @Test
  void aNewNameIsAnsweredAtOnceAndToldToThoseWhoAskedBefore() {
    LiveServices services = services(named("Botty"), StanzaKind.MESSAGE);
    answer(services, "<presence type='subscribe' from='ann@x' to='bot@gw.example'/>");
    answer(services, "<presence type='probe' from='ben@x/phone' to='gw.example'/>");
    answer(services, "<presence type='probe' from='ben@x' to='gw.example'/>");
    answer(services, "<presence type='subscribe' from='cid@x' to='bot@gw.example'/>");
    answer(services, "<presence type='unsubscribe' from='cid@x' to='bot@gw.example'/>");

    assertThat(services.change(named("Botty"))).as("nothing is new").isEmpty();
    assertThat(services.change(named("Robot")))
        .extracting(stanza -> XmlWriter.write(stanza.element()))
        .satisfiesExactly(
            told ->
                assertThat(told)
                    .contains("to='ann@x'", "from='bot@gw.example/default'", ">Robot</nick>")
                    .contains("http://jabber.org/protocol/caps"),
            told ->
                assertThat(told)
                    .contains("to='ben@x'", "from='gw.example'", ">Robot</nick>")
                    .doesNotContain("http://jabber.org/protocol/caps"),
            event ->
                assertThat(event)
                    .contains("<message ", "to='ann@x'", "from='bot@gw.example'", ">Robot</nick>"),
            event ->
                assertThat(event)
                    .contains("<message ", "to='ben@x'", "from='gw.example'", ">Robot</nick>"));
    assertThat(
            answer(
                services,
                "<iq from='a@b/c' to='gw.example' type='get' id='q'><vCard xmlns='vcard-temp'/></iq>"))
        .contains("<FN>Robot</FN>");
  }

  @Test
  void whereTheWebhookSendsPresenceNobodyIsToldByTheGateway() {
    LiveServices services = services(named("Botty"), StanzaKind.PRESENCE);
    assertThat(services.answer(Stanzas.of("<presence type='probe' from='a@x' to='gw.example'/>")))
        .isNull();
    assertThat(services.change(named("Robot"))).isEmpty();
  }

  private static List<String> set(LocalService services, String from, String payload) {
    List<OutboundStanza> answers =
        services.answer(
            Stanzas.of(
                "<iq from='%s' to='bot@gw.example/default' type='set' id='q'><pubsub xmlns='http://jabber.org/protocol/pubsub'>%s</pubsub></iq>"
                    .formatted(from, payload)));
    assertThat(answers).isNotNull();
    return answers.stream().map(each -> XmlWriter.write(each.element())).toList();
  }

  @Test
  void whoeverSubscribesToThePictureHearsOfIt_nowAndWhenItChanges() {
    LocalSettings first = Settings.with(named("Botty"), "avatar", avatar(1));
    LiveServices services = services(first, StanzaKind.MESSAGE);
    String subscribe = "<subscribe node='urn:xmpp:avatar:metadata' jid='ann@x'/>";
    assertThat(set(services, "ann@x/phone", subscribe))
        .satisfiesExactly(
            done -> assertThat(done).contains("type='result'", "subscription='subscribed'"),
            event ->
                assertThat(event)
                    .contains("<message ", "to='ann@x'", "from='bot@gw.example'", "type='headline'")
                    .contains("<items node='urn:xmpp:avatar:metadata'>", avatar(1).sha1()));
    assertThat(set(services, "eve@x/phone", subscribe))
        .singleElement()
        .asString()
        .contains("<bad-request ");

    assertThat(services.change(Settings.with(first, "name", "Robot")))
        .as("the picture is the same")
        .isEmpty();
    assertThat(services.change(Settings.with(first, "avatar", avatar(2))))
        .singleElement()
        .extracting(stanza -> XmlWriter.write(stanza.element()))
        .asString()
        .contains("to='ann@x'", avatar(2).sha1());
    assertThat(services.change(named("Botty")))
        .singleElement()
        .extracting(stanza -> XmlWriter.write(stanza.element()))
        .asString()
        .contains("<metadata xmlns='urn:xmpp:avatar:metadata'/>");
    services.change(first);
    assertThat(set(services, "ann@x/phone", subscribe.replace("<sub", "<unsub")))
        .singleElement()
        .asString()
        .contains("type='result'");
    assertThat(services.change(Settings.with(first, "avatar", avatar(2)))).isEmpty();
  }

  private static Avatar avatar(int size) {
    return new Avatar("image/png", "AAAA", "%040d".formatted(size), 3, size, size);
  }

  @Test
  void onlySoManyAreRemembered() {
    LiveServices services = services(named("Botty"));
    for (int i = 0; i <= Contacts.MAX_CONTACTS; i++) {
      answer(services, "<presence type='probe' from='a%d@x' to='gw.example'/>".formatted(i));
    }
    List<OutboundStanza> told = services.change(named("Robot"));
    assertThat(told).hasSize(2 * Contacts.MAX_CONTACTS);
    assertThat(told.get(0).to()).hasToString("a1@x");
  }

  @Test
  void anExecutionOfACommandThatStaysGoesOnAndOthersEnd() {
    String stays = "{\"node\":\"stays\",\"fields\":[{\"var\":\"a\",\"required\":true}]}";
    String changes = "{\"node\":\"changes\",\"fields\":[{\"var\":\"a\"}]}";
    LiveServices services =
        services(commands(named("Botty"), "[" + stays + "," + changes + "]"), StanzaKind.MESSAGE);
    String first = session(command(services, "stays", "/>"));
    String second = session(command(services, "changes", "/>"));

    services.change(
        commands(
            named("Botty"),
            "[{\"node\":\"new\"}," + stays + "," + changes.replace("\"a\"", "\"b\"") + "]"));

    String empty = " sessionid='%s'><x xmlns='jabber:x:data' type='submit'/></command>";
    assertThat(command(services, "stays", empty.formatted(first)))
        .contains("status='executing'", "Please fill in");
    assertThat(command(services, "changes", empty.formatted(second))).contains("<not-allowed ");
    assertThat(
            answer(
                services,
                "<iq from='a@b/c' to='gw.example' type='get' id='q'><query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/></iq>"))
        .contains("node='new'", "node='stays'", "node='changes'");
    services.change(named("Botty"));
    assertThat(command(services, "stays", "/>")).contains("<service-unavailable ");
  }

  private static String session(String form) {
    assertThat(form).contains("status='executing'");
    return form.replaceFirst("(?s).*sessionid='([^']*)'.*", "$1");
  }

  @Test
  void newFiltersHold() {
    LiveServices services = services(named("Botty"), StanzaKind.MESSAGE);
    Stanza message = Stanzas.of("<message from='a@b' to='gw.example'><body>x</body></message>");
    assertThat(services.answer(message)).isNull();
    services.change(
        Settings.with(
            named("Botty"),
            "filters",
            Filters.parse(List.of("from_domain=b action=drop"), problem -> {})));
    assertThat(services.answer(message)).isEmpty();
    assertThat(dropped).containsExactly(message);
  }
}
