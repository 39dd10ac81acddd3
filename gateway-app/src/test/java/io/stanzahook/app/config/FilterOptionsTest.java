package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.GatewaySettings;
import io.stanzahook.local.FilterRule;
import io.stanzahook.local.Filters;
import io.stanzahook.local.Notices;
import io.stanzahook.stanza.StanzaKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --filters}, and {@code filters:} in the file. */
class FilterOptionsTest {
  private static final FilterRule CHAT =
      new FilterRule(
          Set.of(StanzaKind.MESSAGE),
          Set.of("chat", "normal"),
          true,
          List.of("example.org", "example.com"),
          true);
  private static final FilterRule REST = new FilterRule(Set.of(), Set.of(), null, List.of(), false);

  private final Map<String, String> environment =
      new TreeMap<>(
          Map.of(
              "STANZAHOOK_COMPONENT", "gw.localhost",
              "STANZAHOOK_SECRET", "s3cr3t",
              "STANZAHOOK_POST_URL", "http://bot/"));

  @TempDir Path directory;

  @Test
  void withoutRulesEverythingIsPosted() throws Exception {
    assertThat(rules()).isEmpty();
  }

  @Test
  void aFlagIsARule() throws Exception {
    assertThat(
            rules(
                "--filters",
                "kind=message type=chat,normal has_body=true from_domain=example.org,example.com"
                    + " action=post",
                "--filters=action=drop"))
        .containsExactly(CHAT, REST);
  }

  @Test
  void aRuleMayBeAboutPayloadsChatStatesAndRooms() throws Exception {
    assertThat(
            rules(
                "--filters=payload=urn:a,urn:b node=n action=local",
                "--filters=chat_state in_room=false action=drop",
                "--filters=chat-state=composing,paused action=drop",
                "--filters=chat_state=false in_room=true action=post"))
        .containsExactly(
            rule(Set.of("urn:a", "urn:b"), Set.of("n"), null, null, FilterRule.Action.LOCAL),
            rule(Set.of(), Set.of(), FilterRule.CHAT_STATES, false, FilterRule.Action.DROP),
            rule(Set.of(), Set.of(), Set.of("composing", "paused"), null, FilterRule.Action.DROP),
            rule(Set.of(), Set.of(), Set.of(), true, FilterRule.Action.POST));
  }

  private static FilterRule rule(
      Set<String> payloads,
      Set<String> nodes,
      @Nullable Set<String> states,
      @Nullable Boolean inRoom,
      FilterRule.Action action) {
    return new FilterRule(
        Set.of(), Set.of(), null, List.of(), payloads, nodes, states, inRoom, action);
  }

  @Test
  void aLineOfTheVariableIsARule() throws Exception {
    environment.put(
        "STANZAHOOK_FILTERS",
        "kind=message type=normal,chat has-body=true from-domain=example.org,example.com"
            + " action=post\n\n  action=drop \n");
    assertThat(rules()).containsExactly(CHAT, REST);
  }

  @Test
  void aMappingOfTheFilesListIsARule() throws Exception {
    assertThat(
            file(
                """
                filters:
                  - kind: message
                    type: [chat, normal]
                    has_body: true
                    from_domain: [example.org, example.com]
                    action: post
                  - {action: drop}
                """))
        .containsExactly(CHAT, REST);
    assertThat(file("filters: ['action=drop']\n")).containsExactly(REST);
    assertThat(file("filters: []\n")).isEmpty();
  }

  @Test
  void allProblemsAreToldAtOnce_withTheRulesNumber() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("c.yaml"),
            """
            queue: many
            filters:
              - {kind: mesage, action: drop}
              - {kind: presence, type: chat, has_body: true, action: dorp}
              - {form_domain: a.example, action: post}
            """);
    assertThat(problems("--config=" + file))
        .containsExactly(
            file + ": queue: 'many' is not a whole number from 1 to 10000000",
            file
                + ": filters: rule 1: kind 'mesage' is none of message, presence, iq; did you mean"
                + " message?",
            file
                + ": filters: rule 2: type 'chat' is none of available, error, probe, subscribe,"
                + " subscribed, unavailable, unsubscribe, unsubscribed",
            file + ": filters: rule 2: has_body applies only to messages, and this rule does not",
            file + ": filters: rule 2: needs an action: post, drop or local",
            file
                + ": filters: rule 3: 'form_domain' is none of kind, type, has_body, from_domain,"
                + " payload, node, chat_state, in_room, action; did you mean from_domain?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "kind=message|needs an action: post, drop or local",
        "action=post,drop|needs an action: post, drop or local",
        "drop|'drop' is not KEY=VALUE",
        "kind=iq kind=message action=drop|kind is given twice",
        "type= action=drop|type has an empty value",
        "has_body=yes action=drop|has_body is neither true nor false",
        "in_room=maybe action=drop|in_room is neither true nor false",
        "kind=iq chat_state action=drop|chat_state applies only to messages, and this rule does not",
        "chat_state=typing action=drop|chat_state 'typing' is none of true, false, active,"
            + " composing, gone, inactive, paused",
        "from_domain=a@b action=drop|from_domain 'a@b' is not a domain, such as example.org",
        "kind=iq type=gett action=drop|type 'gett' is none of error, get, result, set; did you mean"
            + " get?",
      })
  void whatCannotBeMeantIsAProblem(String rule, String problem) {
    assertThat(problems("--filters=" + rule)).contains("--filters: rule 1: " + problem);
  }

  @Test
  void aFormThatIsNoneIsAProblem() throws Exception {
    for (String form :
        List.of("filters: {kind: iq}\n", "filters: [[a]]\n", "filters: [{kind: {a: b}}]\n")) {
      Path file = Files.writeString(directory.resolve("c.yaml"), form);
      assertThat(problems("--config=" + file))
          .as(form)
          .containsExactly(
              file
                  + ": filters: takes a list of mappings, such as '- {kind: presence, action:"
                  + " drop}'");
    }
  }

  @Test
  void eachComponentOfAListMayHaveItsOwn() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("c.yaml"),
            """
            filters: [{action: drop}]
            components:
              - domain: a.localhost
              - domain: b.localhost
                filters:
                  - {kind: message, action: post}
                  - {action: drop}
                post_stanzas: [message, iq]
                post_url_iq: http://iq/
                receipts: true
                composing: 1s
            """);
    environment.remove("STANZAHOOK_COMPONENT");
    List<GatewaySettings> all = read("--config=" + file).gateways();

    assertThat(all.get(0).local().filters().rules()).containsExactly(REST);
    assertThat(all.get(0).dispatch().notices()).isEqualTo(Notices.NONE);
    assertThat(all.get(1).local().filters().rules()).hasSize(2).endsWith(REST);
    assertThat(all.get(1).webhook().urls(StanzaKind.IQ).get(0).text()).isEqualTo("http://iq/");
    assertThat(all.get(1).dispatch().notices()).isEqualTo(new Notices(true, Duration.ofSeconds(1)));
  }

  @Test
  void theirNumberIsBounded() {
    List<String> flags = new ArrayList<>();
    for (int i = 0; i <= Filters.MAX_RULES; i++) {
      flags.add("--filters=action=drop");
    }
    assertThat(problems(flags.toArray(String[]::new)))
        .containsExactly("--filters: has more than 1000 rules");
  }

  private List<FilterRule> file(String text) throws Exception {
    return rules("--config=" + Files.writeString(directory.resolve("c.yaml"), text));
  }

  private List<FilterRule> rules(String... flags) throws ConfigurationException {
    return read(flags).gateway().local().filters().rules();
  }

  private List<String> problems(String... flags) {
    return catchThrowableOfType(ConfigurationException.class, () -> read(flags)).problems();
  }

  private AppSettings read(String... flags) throws ConfigurationException {
    return RunFlags.read(environment, flags);
  }
}
