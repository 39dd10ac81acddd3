package io.stanzahook.local;

import static io.stanzahook.local.LocalFixture.answers;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.StanzaKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the services are put together, and conformance C13: no loops. */
class LocalServicesTest {

  @ParameterizedTest
  @ValueSource(strings = {"chat", "error", "groupchat", "normal"})
  void messagesAreNeverLocal(String type) {
    String message =
        "<message type='%s' to='bot@gw.example' from='ann@example'><body>hi</body></message>"
            .formatted(type);

    assertThat(answers(message)).isNull();
    assertThat(answers(LocalFixture.posting(), message)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<presence type='subscribe' to='bot@gw.example' from='other@gw.example'/>",
        "<presence type='unsubscribe' to='bot@gw.example' from='other@gw.example'/>",
        "<presence type='probe' to='bot@gw.example' from='gw.example'/>",
        "<presence type='probe' to='bot@gw.example' from='other@GW.Example./x'/>",
        "<iq type='get' id='1' to='bot@gw.example' from='other@gw.example/x'>"
            + "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        "<iq type='set' id='1' to='gw.example' from='gw.example'><a xmlns='b'/></iq>",
        "<iq type='get' to='gw.example' from='gw.example'/>",
        "<iq type='result' id='1' to='gw.example' from='gw.example'/>"
      })
  void c13_ownDomainIsMetWithSilence(String xml) {
    assertThat(answers(xml)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "gw.example, gw.example",
    "gw.example, bot@gw.example/r",
    "bot@gw.example, gw.example",
    "GW.example, GW.example"
  })
  void c13_ownDomainsPingIsAnswered(String to, String from) {
    String ping =
        "<iq type='get' id='live' to='%s' from='%s'><ping xmlns='urn:xmpp:ping'/></iq>"
            .formatted(to, from);
    String pong = "<iq to='%s' from='%s' type='result' id='live'/>".formatted(from, to);

    assertThat(answers(ping)).containsExactly(pong);
    assertThat(answers(LocalFixture.posting(StanzaKind.IQ), ping)).containsExactly(pong);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sub.gw.example", "bot@example", "notgw.example", "gw.example@example"})
  void c13_otherDomainsAreNotTakenForOurs(String from) {
    assertThat(answers("<presence type='probe' to='bot@gw.example' from='%s'/>".formatted(from)))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<iq type='get' id='1' to='bot@gw.example' from='gw.example'><a xmlns='b'/></iq>",
        "<iq type='get' to='bot@gw.example' from='gw.example'/>",
        "<presence type='subscribe' to='bot@gw.example' from='gw.example'/>"
      })
  void c13_ownDomainIsLeftToTheDispatcherWherePosted(String xml) {
    assertThat(answers(LocalFixture.posting(StanzaKind.IQ, StanzaKind.PRESENCE), xml)).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = StanzaKind.class,
      names = {"MESSAGE", "IQ"})
  void presenceStaysLocalUnlessPosted(StanzaKind posted) {
    assertThat(
            answers(
                LocalFixture.posting(posted),
                "<presence type='probe' to='bot@gw.example' from='ann@example'/>"))
        .hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = StanzaKind.class,
      names = {"MESSAGE", "PRESENCE"})
  void iqStaysLocalUnlessPosted(StanzaKind posted) {
    assertThat(
            answers(
                LocalFixture.posting(posted),
                "<iq type='get' id='1' to='bot@gw.example' from='ann@example'><a xmlns='b'/></iq>"))
        .hasSize(1);
  }
}
