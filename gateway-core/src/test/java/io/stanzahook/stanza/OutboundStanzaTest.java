package io.stanzahook.stanza;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundStanzaTest {
  private static final StanzaError ERROR = ErrorCondition.SERVICE_UNAVAILABLE.error("");

  @ParameterizedTest
  @EnumSource(StanzaKind.class)
  void stanzasOfEachKindAreTaken(StanzaKind kind) {
    XmlElement element =
        OutboundStanza.builder(kind, Jid.of("a@b"), Jid.of("c@d/e"))
            .attribute("id", "1")
            .attribute("type", "t")
            .build();

    OutboundStanza stanza = OutboundStanza.of(element);

    assertThat(stanza).isEqualTo(new OutboundStanza(kind, Jid.of("a@b"), Jid.of("c@d/e"), element));
    assertThat(stanza.id()).isEqualTo("1");
    assertThat(stanza.type()).isEqualTo("t");
  }

  @ParameterizedTest
  @CsvSource({
    "jabber:component:accept, body",
    "jabber:component:accept, Message",
    "jabber:client, message",
    "'', message",
    "http://etherx.jabber.org/streams, error"
  })
  void c14_whatIsNoStanzaIsRefused(String namespace, String name) {
    XmlElement element =
        XmlElement.builder(namespace, name).attribute("to", "a@b").attribute("from", "c").build();

    assertThatThrownBy(() -> OutboundStanza.of(element))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("<%s xmlns='%s'> is not a message, presence or iq".formatted(name, namespace));
  }

  @ParameterizedTest
  @CsvSource({
    "a@b, , <message> has no 'from'",
    " , a@b, <message> has no 'to'",
    "a@, c, '<message> has ''a@'', which is not a JID, as ''to'''",
    "c, @b, '<message> has ''@b'', which is not a JID, as ''from'''"
  })
  void c14_bothAddressesAreNeeded(@Nullable String to, @Nullable String from, String message) {
    XmlElement element =
        XmlElement.builder(Namespaces.COMPONENT, "message")
            .attribute("to", to)
            .attribute("from", from)
            .build();

    assertThatThrownBy(() -> OutboundStanza.of(element))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void c1_aResultHasTheRequestsIdAndItsAddressesSwapped() {
    Iq request = (Iq) Stanzas.of("<iq type='get' id='q' to='Bot@GW.x' from='ann@b/pc'><a/></iq>");

    assertThat(written(OutboundStanza.result(request, null)))
        .isEqualTo("<iq to='ann@b/pc' from='Bot@GW.x' type='result' id='q'/>");
    assertThat(written(OutboundStanza.result(request, XmlElement.empty("u", "p"))))
        .isEqualTo("<iq to='ann@b/pc' from='Bot@GW.x' type='result' id='q'><p xmlns='u'/></iq>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<iq type='get' id='1' to='a@b' from='c@d'/>",
        "<iq type='set' to='a@b' from='c@d'/>",
        "<iq type='odd' id='1' to='a@b' from='c@d'/>",
        "<message id='1' to='a@b' from='c@d'><body>hello</body></message>",
        "<message type='chat' to='a@b' from='c@d'><body/></message>",
        "<presence type='subscribe' to='a@b' from='c@d'/>"
      })
  void c1_anErrorAnswersWithTheSameIdIfAny(String xml) {
    Stanza stanza = Stanzas.of(xml);

    OutboundStanza error = OutboundStanza.error(stanza, ERROR);

    assertThat(error).isNotNull();
    String id = stanza.id() == null ? "" : " id='" + stanza.id() + "'";
    assertThat(error == null ? "" : written(error))
        .isEqualTo(
            ("<%s to='c@d' from='a@b' type='error'%s><error type='cancel'><service-unavailable"
                    + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></%s>")
                .formatted(stanza.kind().elementName(), id, stanza.kind().elementName()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<iq type='error' id='1' to='a@b' from='c@d'/>",
        "<iq type='result' id='1' to='a@b' from='c@d'/>",
        "<message type='error' to='a@b' from='c@d'/>",
        "<message type='groupchat' to='a@b' from='room@d/nick'/>",
        "<presence type='error' to='a@b' from='c@d'/>"
      })
  void c2_c5_c12_noErrorAnswersAnErrorAResultOrARoom(String xml) {
    assertThat(OutboundStanza.error(Stanzas.of(xml), ERROR)).isNull();
  }

  private static String written(OutboundStanza stanza) {
    StringBuilder out = new StringBuilder();
    XmlWriter.write(stanza.element(), Namespaces.COMPONENT, out);
    return out.toString();
  }
}
