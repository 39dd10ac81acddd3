package io.stanzahook.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CommandServiceTest {
  private static final String ANN = "ann@example.org/r";
  private static final String COMMANDS =
      """
      [{"node": "deploy", "name": "Deploy", "who": ["example.org", "bob@other.org"],
        "title": "Deploy", "fields": [
          {"var": "target", "options": ["staging", "production"], "label": "Where to", "required": true},
          {"var": "force", "type": "boolean", "value": false},
          {"var": "notes", "type": "text-multi"},
          {"var": "tags", "type": "list-multi", "options": ["a", "b"]}]},
       {"node": "status"}]
      """;

  private Instant now = Instant.parse("2026-03-04T05:06:07Z");
  private final LocalServices services = services(COMMANDS, StanzaKind.MESSAGE);

  private LocalServices services(String json, StanzaKind... posted) {
    return LocalFixture.services(
        Set.of(posted),
        Settings.with(TestSettings.local("Botty", "1"), "commands", parse(json, List.of())),
        (InstantSource) () -> now);
  }

  private static Commands parse(String json, List<String> expected) {
    List<String> problems = new ArrayList<>();
    Commands commands = Commands.parse(new JsonMapper().readTree(json), problems::add);
    assertThat(problems).containsExactlyElementsOf(expected);
    return commands;
  }

  private Stanza command(String from, String attributes, String content) {
    return services.admit(
        Stanzas.of(
            "<iq from='%s' to='bot@gw.example' type='set' id='q1'><command xmlns='%s' %s>%s</command></iq>"
                .formatted(from, CommandCall.NAMESPACE, attributes, content)));
  }

  private String answer(Stanza stanza) {
    List<OutboundStanza> answers = services.answer(stanza);
    assertThat(answers).hasSize(1);
    return XmlWriter.write(answers.get(0).element());
  }

  private static CommandCall call(Stanza stanza) {
    CommandCall call = ((Iq) stanza).command();
    assertThat(call).isNotNull();
    return call;
  }

  private String open() {
    String xml = answer(command(ANN, "node='deploy' action='execute'", ""));
    assertThat(xml)
        .contains(
            "node='deploy' sessionid='",
            "status='executing'",
            "<actions execute='complete'><complete/></actions>",
            "<x xmlns='jabber:x:data' type='form'><title>Deploy</title>",
            "<required/>",
            "<option label='staging'><value>staging</value></option>");
    return xml.replaceFirst("(?s).*sessionid='([^']*)'.*", "$1");
  }

  private static String form(String... fields) {
    StringBuilder form = new StringBuilder("<x xmlns='jabber:x:data' type='submit'>");
    for (int i = 0; i < fields.length; i += 2) {
      form.append("<field var='%s'>%s</field>".formatted(fields[i], fields[i + 1]));
    }
    return form + "</x>";
  }

  private static final String[] FILLED = {
    "target", "<value>staging</value>",
    "force", "<value>1</value>",
    "notes", "<value>a</value><value>b</value>",
    "tags", "<value>a</value><value>b</value>",
    "FORM_TYPE", "<value>not ours</value>"
  };

  // ------------------------------------------------------------ the list

  @Test
  void whoeverAsksSeesWhatTheyMayExecute() {
    String list =
        "<iq from='%s' to='bot@gw.example' type='get' id='q1'>"
            + "<query xmlns='http://jabber.org/protocol/disco#items' node='%s'/></iq>";
    assertThat(answer(Stanzas.of(list.formatted(ANN, CommandCall.NAMESPACE))))
        .contains(
            "<item jid='bot@gw.example' node='deploy' name='Deploy'/>"
                + "<item jid='bot@gw.example' node='status' name='status'/>");
    assertThat(answer(Stanzas.of(list.formatted("eve@evil.org/r", CommandCall.NAMESPACE))))
        .contains("node='status'")
        .doesNotContain("deploy");
    String info =
        "<iq from='%s' to='gw.example' type='get' id='q1'>"
            + "<query xmlns='http://jabber.org/protocol/disco#info' node='%s'/></iq>";
    assertThat(answer(Stanzas.of(info.formatted(ANN, "deploy"))))
        .contains("category='automation' type='command-node' name='Deploy'");
    assertThat(answer(Stanzas.of(info.replace(" node='%2$s'", "").formatted(ANN, ""))))
        .doesNotContain("command-node");
  }

  @Test
  void itIsAnnounced() {
    assertThat(
            answer(
                Stanzas.of(
                    "<iq from='a@b' to='gw.example' type='get' id='q'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")))
        .contains("<feature var='http://jabber.org/protocol/commands'/>");
  }

  @ParameterizedTest
  @CsvSource({
    "ann@example.org/r, true",
    "bob@other.org/r, true",
    "eve@other.org/r, false",
    "ann@sub.example.org/r, false"
  })
  void onlyWhoMayExecutesIt(String from, boolean may) {
    Stanza stanza = command(from, "node='deploy'", "");
    assertThat(((Iq) stanza).command()).isNull();
    if (may) {
      assertThat(answer(stanza)).contains("status='executing'");
    } else {
      assertThat(answer(stanza)).contains("<forbidden ");
    }
  }

  // ------------------------------------------------------------ executions

  @Test
  void oneWithoutFieldsGoesToTheWebhookAtOnce() {
    Stanza stanza = command("eve@evil.org/r", "node='status'", "");
    assertThat(call(stanza).node()).isEqualTo("status");
    assertThat(call(stanza).session()).isNotEmpty();
    assertThat(call(stanza).fields()).isEmpty();
    assertThat(services.answer(stanza)).isNull();
  }

  @Test
  void whatIsFilledInGoesToTheWebhook_eachValueInItsType() {
    String session = open();
    Stanza stanza = command(ANN, "node='deploy' sessionid='" + session + "'", form(FILLED));
    assertThat(call(stanza).session()).isEqualTo(session);
    assertThat(call(stanza).fields())
        .isEqualTo(
            Map.of("target", "staging", "force", true, "notes", "a\nb", "tags", List.of("a", "b")));
    assertThat(services.answer(stanza)).isNull();
  }

  @Test
  void aRequiredFieldIsAskedForAgain() {
    String session = open();
    Stanza stanza =
        command(
            ANN, "node='deploy' sessionid='" + session + "'", form("target", "<value></value>"));
    assertThat(answer(stanza))
        .contains("status='executing'", "<title>Deploy</title>", "Please fill in: Where to");
    call(command(ANN, "node='deploy' sessionid='" + session + "'", form(FILLED)));
  }

  @Test
  void aSecondPageGoesOn_andTheLastAnswerEndsIt() throws Exception {
    String session = open();
    call(command(ANN, "node='deploy' sessionid='" + session + "'", form(FILLED)));
    services.leaving(
        List.of(
            webhookSays(
                session,
                "executing",
                "<x xmlns='jabber:x:data' type='form'><field var='sure' type='boolean'/></x>")));
    Stanza second =
        command(
            ANN,
            "node='deploy' action='complete' sessionid='" + session + "'",
            form("sure", "<value>true</value>"));
    assertThat(call(second).fields()).containsEntry("sure", true).containsEntry("force", true);
    services.leaving(List.of(webhookSays(session, "completed", "")));
    assertThat(answer(command(ANN, "node='deploy' sessionid='" + session + "'", form(FILLED))))
        .contains("<not-allowed ");
  }

  private static OutboundStanza webhookSays(String session, String status, String content)
      throws Exception {
    XmlElement element =
        XmlParser.parse(
            ("<iq xmlns='jabber:component:accept' type='result' id='q1' from='bot@gw.example'"
                    + " to='%s'><command xmlns='%s' sessionid='%s' status='%s'>%s</command></iq>")
                .formatted(ANN, CommandCall.NAMESPACE, session, status, content),
            XmlLimits.OUTBOUND);
    return OutboundStanza.of(element);
  }

  @Test
  void itMayBeCancelled() {
    String session = open();
    assertThat(
            answer(command(ANN, "node='deploy' action='cancel' sessionid='" + session + "'", "")))
        .contains("status='canceled'");
    assertThat(answer(command(ANN, "node='deploy' sessionid='" + session + "'", form(FILLED))))
        .contains("<not-allowed ");
  }

  @Test
  void anotherCannotGoOnWithIt() {
    String session = open();
    for (String other : List.of("ann@example.org/other", "bob@other.org/r")) {
      Stanza stanza = command(other, "node='deploy' sessionid='" + session + "'", form(FILLED));
      assertThat(((Iq) stanza).command()).isNull();
      assertThat(answer(stanza)).contains("<not-allowed ");
    }
  }

  @Test
  void aFormThatIsNotAnsweredEnds() {
    String session = open();
    now = now.plus(CommandService.SESSION_TIMEOUT).minus(Duration.ofSeconds(1));
    assertThat(
            answer(
                command(
                    ANN, "node='deploy' sessionid='" + session + "'", form("force", "<value/>"))))
        .contains("Please fill in");
    now = now.plus(CommandService.SESSION_TIMEOUT).plus(Duration.ofSeconds(1));
    assertThat(answer(command(ANN, "node='deploy' sessionid='" + session + "'", form(FILLED))))
        .contains("<not-allowed ");
  }

  @Test
  void sessionsAreBounded_andOnesOwnComeFirst() {
    CommandService service =
        new CommandService(parse(COMMANDS, List.of()), "gw.example", () -> now);
    String anns = "ann@example.org/r";
    for (int i = 0; i < CommandService.MAX_SESSIONS_OF_ONE + 5; i++) {
      service.answer(opening(anns));
    }
    assertThat(service.sessions()).isEqualTo(CommandService.MAX_SESSIONS_OF_ONE);
    for (int i = 0; i < CommandService.MAX_SESSIONS + 50; i++) {
      service.answer(opening("u" + i + "@example.org/r"));
    }
    assertThat(service.sessions()).isEqualTo(CommandService.MAX_SESSIONS);
  }

  private static Stanza opening(String from) {
    return Stanzas.of(
        "<iq from='%s' to='bot@gw.example' type='set' id='q1'><command xmlns='%s' node='deploy'/></iq>"
            .formatted(from, CommandCall.NAMESPACE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"node='other'", "", "node='deploy' action='next'"})
  void whatIsNoneIsRefused(String attributes) {
    assertThat(answer(command(ANN, attributes, ""))).contains("type='error'");
  }

  // ------------------------------------------------------------ the file

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    parse("{}", List.of("holds no list of 1 to 100 commands"));
    parse(
        "[{\"name\":\"n\"}, {\"node\":\"a\",\"whom\":[]}, {\"node\":\"a\",\"who\":[\"a b@@\"]}, 7,"
            + " {\"node\":\"b\",\"fields\":[]}, {\"node\":\"c\",\"fields\":[{\"var\":\"v\",\"type\":\"list-single\"}]}]",
        List.of(
            "command 1: needs 'node', a name for programs, such as deploy",
            "a: 'whom' is none of node, name, who, title, instructions, fields; did you mean who?",
            "a: is there twice",
            "a: who: 'a b@@' is neither a domain nor a bare JID",
            "command 4: is not a mapping with 'node', 'name', 'who' and 'fields'",
            "b: property 'fields' must be an array of 1 to 50 fields",
            "c: property 'fields[0]' needs 'options'"));
  }
}
