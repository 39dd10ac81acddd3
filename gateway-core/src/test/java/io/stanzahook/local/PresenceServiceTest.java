package io.stanzahook.local;

import static io.stanzahook.local.LocalFixture.answers;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conformance D1 to D7: presence of an always-on component. */
class PresenceServiceTest {

  @Test
  void d1_subscribeToBareIsAcceptedFromBareAndAvailableFromResource() {
    List<OutboundStanza> answers = presence("subscribe", "bot@gw.example", "ann@example");

    assertThat(answers).hasSize(2);
    assertPresence(answers.get(0), "subscribed", "bot@gw.example", "ann@example");
    assertPresence(answers.get(1), null, "bot@gw.example/default", "ann@example");
  }

  @Test
  void d1_subscribeToTheDomainIsAnsweredFromTheDomainTwice() {
    List<OutboundStanza> answers = presence("subscribe", "gw.example", "ann@example");

    assertThat(answers).hasSize(2);
    assertPresence(answers.get(0), "subscribed", "gw.example", "ann@example");
    assertPresence(answers.get(1), null, "gw.example", "ann@example");
  }

  @ParameterizedTest
  @CsvSource({
    "bot@gw.example/phone, bot@gw.example, bot@gw.example/default",
    "gw.example/phone, gw.example, gw.example"
  })
  void d1_subscribeToAFullJidIsTakenAsBare(String to, String subscribed, String available) {
    List<OutboundStanza> answers = presence("subscribe", to, "ann@example");

    assertThat(answers).hasSize(2);
    assertPresence(answers.get(0), "subscribed", subscribed, "ann@example");
    assertPresence(answers.get(1), null, available, "ann@example");
  }

  @Test
  void d1_subscribeIsAcceptedEveryTime() {
    LocalServices services = LocalFixture.posting();
    String request = "<presence type='subscribe' to='bot@gw.example' from='ann@example'/>";

    for (int i = 0; i < 3; i++) {
      assertThat(services.answer(Stanzas.of(request)))
          .extracting(OutboundStanza::type)
          .containsExactly("subscribed", null);
    }
  }

  @Test
  void d1_acceptanceHasTheRequestsIdAndAvailabilityItsOwn() {
    List<OutboundStanza> answers = presence("subscribe", "bot@gw.example", "ann@example");

    assertThat(answers.get(0).id()).isEqualTo("p1");
    assertThat(answers.get(1).id()).isNotNull().isNotEqualTo("p1");
  }

  @ParameterizedTest
  @CsvSource({
    "bot@gw.example, bot@gw.example/default",
    "bot@gw.example/phone, bot@gw.example/default",
    "gw.example, gw.example"
  })
  void d2_unsubscribeIsMetWithUnavailable(String to, String from) {
    List<OutboundStanza> answers = presence("unsubscribe", to, "ann@example");

    assertThat(answers).hasSize(1);
    assertPresence(answers.get(0), "unavailable", from, "ann@example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"subscribed", "unsubscribed", "unavailable", "error", "invisible", ""})
  void d3_whatWantsNoAnswerGetsNone(String type) {
    assertThat(presence(type, "bot@gw.example", "ann@example")).isEmpty();
  }

  @Test
  void d3_availableGetsNoAnswer() {
    assertThat(
            answers(
                "<presence to='bot@gw.example' from='ann@example/pc'><show>away</show></presence>"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bot@gw.example, bot@gw.example/default",
    "bot@gw.example/phone, bot@gw.example/phone",
    "Bot@GW.example, Bot@GW.example/default",
    "gw.example, gw.example",
    "gw.example/x, gw.example/x"
  })
  void d4_probeIsAnsweredToItsExactSender(String to, String from) {
    List<OutboundStanza> answers = presence("probe", to, "ann@example/pc");

    assertThat(answers).hasSize(1);
    assertPresence(answers.get(0), null, from, "ann@example/pc");
    assertThat(answers.get(0).id()).isEqualTo("p1");
  }

  @Test
  void d5_joiningARoomIsRefused() {
    assertThat(
            answers(
                "<presence id='j' to='room@gw.example/nick' from='ann@example/pc'>"
                    + "<x xmlns='http://jabber.org/protocol/muc'/></presence>"))
        .containsExactly(
            "<presence to='ann@example/pc' from='room@gw.example/nick' type='error' id='j'>"
                + "<error type='cancel'>"
                + "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>"
                + "There are no chat rooms here.</text></error></presence>");
  }

  @Test
  void d5_leavingARoomGetsNoAnswer() {
    assertThat(
            answers(
                "<presence type='unavailable' to='room@gw.example/nick' from='ann@example/pc'>"
                    + "<x xmlns='http://jabber.org/protocol/muc'/></presence>"))
        .isEmpty();
  }

  @Test
  void d6_subscriptionsAreAcceptedBetweenBareJids() {
    List<OutboundStanza> answers = presence("subscribe", "bot@gw.example/phone", "ann@example/pc");

    assertThat(answers).hasSize(2);
    assertPresence(answers.get(0), "subscribed", "bot@gw.example", "ann@example");
    assertPresence(answers.get(1), null, "bot@gw.example/default", "ann@example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"subscribe", "unsubscribe", "probe", "unavailable", "error"})
  void presenceIsLeftToTheWebhookWherePosted(String type) {
    assertThat(
            answers(
                LocalFixture.posting(StanzaKind.PRESENCE),
                "<presence type='%s' to='bot@gw.example' from='ann@example'/>".formatted(type)))
        .isNull();
  }

  private static List<OutboundStanza> presence(String type, String to, String from) {
    List<OutboundStanza> answers =
        LocalFixture.posting(StanzaKind.MESSAGE)
            .answer(
                Stanzas.of(
                    "<presence id='p1' type='%s' to='%s' from='%s'/>".formatted(type, to, from)));
    assertThat(answers).isNotNull();
    return answers == null ? List.of() : answers;
  }

  private static void assertPresence(
      OutboundStanza stanza, @Nullable String type, String from, String to) {
    assertThat(stanza.kind()).isEqualTo(StanzaKind.PRESENCE);
    assertThat(stanza.type()).isEqualTo(type);
    assertThat(stanza.from()).hasToString(from);
    assertThat(stanza.to()).hasToString(to);
    boolean available = type == null && !stanza.from().isDomain();
    assertThat(stanza.element().children()).hasSize(available ? 1 : 0);
  }
}
