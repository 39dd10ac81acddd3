package io.stanzahook.local;

import static io.stanzahook.local.LocalFixture.answers;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.StanzaKind;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conformance C1 to C5 and E: the iq requests the gateway answers itself. */
class IqServicesTest {
  private static final String FEATURES =
      "<feature var='http://jabber.org/protocol/disco#info'/>"
          + "<feature var='http://jabber.org/protocol/disco#items'/>"
          + "<feature var='jabber:iq:version'/>"
          + "<feature var='urn:xmpp:time'/>"
          + "<feature var='jabber:iq:last'/>"
          + "<feature var='urn:xmpp:ping'/>";

  @ParameterizedTest
  @ValueSource(strings = {"gw.example", "gw.example/r", "bot@gw.example", "bot@gw.example/r"})
  void e_pingIsAnsweredOnEveryFormOfJid(String to) {
    assertThat(answers(get(to, "<ping xmlns='urn:xmpp:ping'/>")))
        .containsExactly("<iq to='ann@example/pc' from='%s' type='result' id='q1'/>".formatted(to));
  }

  @ParameterizedTest
  @CsvSource({
    "gw.example, component, generic",
    "bot@gw.example, client, bot",
    "bot@gw.example/r, client, bot",
    "gw.example/r, client, bot"
  })
  void e_discoInfoTellsIdentityAndFeatures(String to, String category, String type) {
    assertThat(answers(get(to, "<query xmlns='http://jabber.org/protocol/disco#info'/>")))
        .containsExactly(
            ("<iq to='ann@example/pc' from='%s' type='result' id='q1'>"
                    + "<query xmlns='http://jabber.org/protocol/disco#info'>"
                    + "<identity category='%s' type='%s' name='Stanzahook'/>%s</query></iq>")
                .formatted(to, category, type, FEATURES));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items'/>",
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:last'/>",
        "<time xmlns='urn:xmpp:time'/>"
      })
  void e_everyAnnouncedFeatureIsServed(String payload) {
    String namespace = payload.split("'", -1)[1];

    assertThat(FEATURES).contains("'" + namespace + "'");
    assertThat(answers(get("gw.example", payload)))
        .singleElement()
        .asString()
        .contains("type='result'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gw.example", "bot@gw.example", "bot@gw.example/r"})
  void e_discoItemsIsAnEmptyList(String to) {
    assertThat(answers(get(to, "<query xmlns='http://jabber.org/protocol/disco#items'/>")))
        .containsExactly(
            ("<iq to='ann@example/pc' from='%s' type='result' id='q1'>"
                    + "<query xmlns='http://jabber.org/protocol/disco#items'/></iq>")
                .formatted(to));
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "items"})
  void e_unknownNodeIsEchoedWithItemNotFound(String which) {
    String namespace = "http://jabber.org/protocol/disco#" + which;

    assertThat(answers(get("gw.example", "<query xmlns='%s' node='a&lt;b'/>".formatted(namespace))))
        .containsExactly(
            ("<iq to='ann@example/pc' from='gw.example' type='error' id='q1'>"
                    + "<query xmlns='%s' node='a&lt;b'/>"
                    + "<error type='cancel'>"
                    + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                    + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>"
                    + "There is no such node.</text></error></iq>")
                .formatted(namespace));
  }

  @Test
  void e_emptyNodeIsNoneAndEchoed() {
    assertThat(
            answers(
                get(
                    "gw.example",
                    "<query xmlns='http://jabber.org/protocol/disco#items' node=''/>")))
        .containsExactly(
            "<iq to='ann@example/pc' from='gw.example' type='result' id='q1'>"
                + "<query xmlns='http://jabber.org/protocol/disco#items' node=''/></iq>");
  }

  @Test
  void e_nodeIsFoundUnderAnyPrefix() {
    assertThat(
            answers(
                get(
                    "gw.example",
                    "<d:query xmlns:d='http://jabber.org/protocol/disco#info' node='n'/>")))
        .singleElement()
        .asString()
        .contains("node='n'", "<item-not-found ");
  }

  @Test
  void e_versionTellsNameAndVersionButNoOs() {
    assertThat(answers(get("bot@gw.example", "<query xmlns='jabber:iq:version'/>")))
        .containsExactly(
            "<iq to='ann@example/pc' from='bot@gw.example' type='result' id='q1'>"
                + "<query xmlns='jabber:iq:version'><name>Stanzahook</name>"
                + "<version>1.2.3</version></query></iq>");
  }

  @Test
  void e_timeIsToldInUtc() {
    assertThat(answers(get("bot@gw.example", "<time xmlns='urn:xmpp:time'/>")))
        .containsExactly(
            "<iq to='ann@example/pc' from='bot@gw.example' type='result' id='q1'>"
                + "<time xmlns='urn:xmpp:time'><tzo>+00:00</tzo>"
                + "<utc>2026-03-04T05:06:07Z</utc></time></iq>");
  }

  @ParameterizedTest
  @CsvSource({"gw.example, 90, 90", "gw.example, -90, 0", "bot@gw.example, 90, 0"})
  void e_lastActivityIsTheDomainsUptimeAndNoneOfItsAddresses(String to, int later, int seconds) {
    AtomicReference<Instant> now = new AtomicReference<>(LocalFixture.NOW);
    LocalServices services = LocalFixture.posting(now::get, StanzaKind.MESSAGE);
    now.set(LocalFixture.NOW.plusSeconds(later));

    assertThat(answers(services, get(to, "<query xmlns='jabber:iq:last'/>")))
        .containsExactly(
            ("<iq to='ann@example/pc' from='%s' type='result' id='q1'>"
                    + "<query xmlns='jabber:iq:last' seconds='%d'/></iq>")
                .formatted(to, seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<query xmlns='jabber:iq:private'/>",
        "<vCard xmlns='vcard-temp'/>",
        "<query xmlns='urn:xmpp:ping'/>",
        "<query/>"
      })
  void c3_unknownPayloadIsServiceUnavailable(String payload) {
    assertThat(answers(get("bot@gw.example", payload)))
        .containsExactly(
            "<iq to='ann@example/pc' from='bot@gw.example' type='error' id='q1'>"
                + "<error type='cancel'>"
                + "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>"
                + "This request is not served here.</text></error></iq>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='jabber:iq:version'/>"
      })
  void c3_setOfWhatCanOnlyBeAskedForIsServiceUnavailable(String payload) {
    assertThat(answers(iq("type='set' id='q1'", payload)))
        .singleElement()
        .asString()
        .contains("type='error'", "<service-unavailable ");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "type='get' id='q1', \"\"",
        "type='set' id='q1', just text",
        "type='get' id='q1', <ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/>",
        "type='get' id='q1', <ping xmlns='urn:xmpp:ping'/><extra/>",
        "type='get', <ping xmlns='urn:xmpp:ping'/>",
        "type='set', <query xmlns='jabber:iq:last'/>",
        "type='GET' id='q1', <ping xmlns='urn:xmpp:ping'/>",
        "type='' id='q1', <ping xmlns='urn:xmpp:ping'/>",
        "id='q1', <ping xmlns='urn:xmpp:ping'/>",
      })
  void c4_malformedRequestIsBadRequest(String attributes, String payload) {
    String id = attributes.contains("id=") ? " id='q1'" : "";
    String answer =
        ("<iq to='ann@example/pc' from='bot@gw.example' type='error'%s><error type='modify'>"
                + "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>An iq request"
                + " needs the type get or set, an id and exactly one child element.</text>"
                + "</error></iq>")
            .formatted(id);

    assertThat(answers(iq(attributes, payload))).containsExactly(answer);
    assertThat(answers(LocalFixture.posting(StanzaKind.IQ), iq(attributes, payload)))
        .as("stays local where iq goes to the webhook")
        .containsExactly(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"result", "error"})
  void c2_resultsAndErrorsAreMetWithSilence(String type) {
    assertThat(answers(iq("type='%s' id='q1'".formatted(type), ""))).isEmpty();
    assertThat(answers(iq("type='%s' id='q1'".formatted(type), "<ping xmlns='urn:xmpp:ping'/>")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"result", "error"})
  void c2_resultsAndErrorsGoToTheWebhookWherePosted(String type) {
    assertThat(answers(LocalFixture.posting(StanzaKind.IQ), iq("type='%s'".formatted(type), "")))
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items'/>",
        "<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:last'/>"
      })
  void requestsAreLeftToTheWebhookWherePosted(String payload) {
    assertThat(answers(LocalFixture.posting(StanzaKind.IQ), get("bot@gw.example", payload)))
        .isNull();
  }

  @Test
  void pingIsAnsweredEvenWhereIqIsPosted() {
    assertThat(
            answers(
                LocalFixture.posting(StanzaKind.IQ),
                get("gw.example", "<ping xmlns='urn:xmpp:ping'/>")))
        .containsExactly("<iq to='ann@example/pc' from='gw.example' type='result' id='q1'/>");
  }

  private static String get(String to, String payload) {
    return "<iq type='get' id='q1' to='%s' from='ann@example/pc'>%s</iq>".formatted(to, payload);
  }

  private static String iq(String attributes, String payload) {
    return "<iq %s to='bot@gw.example' from='ann@example/pc'>%s</iq>"
        .formatted(attributes, payload);
  }
}
