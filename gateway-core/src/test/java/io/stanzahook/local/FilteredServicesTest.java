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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of stanzas that a filter keeps from the webhook. */
class FilteredServicesTest {
  private final List<Stanza> dropped = new ArrayList<>();
  private final LocalService services = services(StanzaKind.values());

  private LocalService filtered(Set<StanzaKind> posted, LocalSettings settings) {
    InstantSource clock = InstantSource.system();
    return FilteredServices.of(
        "gw.example",
        posted,
        settings,
        clock,
        dropped::add,
        Remembered.nothing(settings, "gw.example", clock));
  }

  /** Everything from spam.example is dropped. */
  private LocalService services(StanzaKind... posted) {
    return filtered(
        Set.of(posted),
        Settings.with(
            TestSettings.local("Bot", "1"),
            "filters",
            new Filters(
                List.of(
                    new FilterRule(
                        Set.of(), Set.of(), null, List.of("spam.example", "gw.example"), false)))));
  }

  @Test
  void aMessageIsMetWithSilence_andCounted() {
    assertThat(answers("<message from='a@spam.example'><body>x</body></message>")).isEmpty();
    assertThat(answers("<message from='a@b.example'><body>x</body></message>")).isNull();
    assertThat(dropped).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@spam.example", "a@gw.example"})
  void anIqRequestIsAnsweredOnce_withServiceUnavailable(String from) {
    assertThat(answers("<iq from='%s' type='get' id='1'><q xmlns='u'/></iq>".formatted(from)))
        .singleElement()
        .asString()
        .contains("type='error'", "id='1'", "to='" + from + "'", "<service-unavailable ");
    assertThat(answers("<iq from='%s' type='result' id='1'/>".formatted(from))).isEmpty();
    assertThat(dropped).hasSize(2);
  }

  @Test
  void pingsAndMalformedRequestsAreAnsweredAsEver() {
    assertThat(
            answers(
                "<iq from='a@spam.example' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"))
        .singleElement()
        .asString()
        .contains("type='result'");
    assertThat(answers("<iq from='a@spam.example' type='get' id='1'/>"))
        .singleElement()
        .asString()
        .contains("<bad-request ");
    assertThat(dropped).isEmpty();
  }

  @Test
  void presenceIsAnsweredAsIfItWereNotPosted() {
    // The last one is the name, as an event.
    assertThat(answers("<presence from='a@spam.example' type='subscribe'/>"))
        .hasSize(3)
        .first()
        .asString()
        .contains("type='subscribed'");
    assertThat(answers("<presence from='a@spam.example'/>")).isEmpty();
    assertThat(answers("<presence from='a@gw.example' type='probe'/>")).isEmpty();
    assertThat(answers("<presence from='a@b.example' type='subscribe'/>")).isNull();
    assertThat(dropped).isEmpty();
  }

  @Test
  void whatIsNotPostedAnywayIsNoneOfTheirBusiness() {
    LocalService messages = services(StanzaKind.MESSAGE);
    assertThat(answers(messages, "<presence from='a@spam.example' type='subscribe'/>")).hasSize(3);
    assertThat(
            answers(
                messages,
                "<iq from='a@spam.example' type='get' id='1'><query"
                    + " xmlns='jabber:iq:version'/></iq>"))
        .singleElement()
        .asString()
        .contains("type='result'");
    LocalService presences = services(StanzaKind.PRESENCE);
    assertThat(answers(presences, "<message from='a@spam.example'/>")).isNull();
    assertThat(dropped).isEmpty();
  }

  @Test
  void whatIsLocalIsAnsweredAsIfItWereNotPosted() {
    LocalService services =
        filtered(
            Set.of(StanzaKind.values()),
            Settings.with(
                TestSettings.local("Bot", "1"),
                "filters",
                Filters.parse(
                    List.of("payload=jabber:iq:version,urn:x action=local"), problem -> {})));
    String version = "<iq from='a@b' type='get' id='1'><query xmlns='jabber:iq:version'/></iq>";
    assertThat(answers(services, version))
        .singleElement()
        .asString()
        .contains("type='result'", "<name>Stanzahook</name>");
    assertThat(answers(services, "<iq from='a@b' type='set' id='1'><x xmlns='urn:x'/></iq>"))
        .singleElement()
        .asString()
        .contains("<service-unavailable ");
    assertThat(answers(services, "<iq from='a@b' type='get' id='1'><x xmlns='urn:y'/></iq>"))
        .isNull();
    assertThat(dropped).isEmpty();
  }

  @Test
  void whatTheWebhookLeavesIsAnsweredAsIfItWereNotPosted() {
    for (LocalService posting :
        List.of(
            services,
            LocalFixture.services(
                Set.of(StanzaKind.values()),
                TestSettings.local("Bot", "1"),
                InstantSource.system()))) {
      assertThat(
              posting.answerInstead(
                  Stanzas.of(
                      "<iq to='bot@gw.example' from='a@b' type='get' id='1'>"
                          + "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>")))
          .singleElement()
          .satisfies(
              answer ->
                  assertThat(XmlWriter.write(answer.element()))
                      .contains("type='result'", "category='client' type='bot' name='Bot'"));
    }
  }

  @Test
  void withoutRulesThereIsNothingInFront() {
    assertThat(filtered(Set.of(), TestSettings.local("Bot", "1")))
        .isInstanceOf(LocalServices.class);
  }

  private @Nullable List<String> answers(String xml) {
    return answers(services, xml);
  }

  private static @Nullable List<String> answers(LocalService services, String xml) {
    List<OutboundStanza> answers =
        services.answer(Stanzas.of(xml.replaceFirst("<(\\w+)", "<$1 to='bot@gw.example'")));
    return answers == null
        ? null
        : answers.stream().map(answer -> XmlWriter.write(answer.element())).toList();
  }
}
