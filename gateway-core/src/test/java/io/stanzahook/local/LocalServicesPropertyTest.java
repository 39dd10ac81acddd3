package io.stanzahook.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Conformance C1, C2 and C5 for any stanza. */
class LocalServicesPropertyTest {
  private final LocalServices services = LocalFixture.posting(StanzaKind.MESSAGE);

  @Property
  void c1_everyIqRequestGetsExactlyOneAnswerWithItsIdAndAddressesSwapped(
      @ForAll("requests") XmlElement request) {
    Stanza stanza = Stanzas.of(request);

    List<OutboundStanza> answers = services.answer(stanza);

    assertThat(answers)
        .singleElement()
        .satisfies(
            answer -> {
              assertThat(answer.kind()).isEqualTo(StanzaKind.IQ);
              assertThat(answer.id()).isEqualTo(stanza.id());
              assertThat(answer.to()).isEqualTo(stanza.from());
              assertThat(answer.from()).isEqualTo(stanza.to());
              assertThat(answer.type()).isIn("result", "error");
            });
  }

  @Property
  void c2_c5_resultsAndErrorsNeverGetAnAnswer(@ForAll("finals") XmlElement element) {
    Stanza stanza = Stanzas.of(element);

    assertThat(services.answer(stanza)).isEmpty();
    assertThat(LocalFixture.posting(StanzaKind.IQ, StanzaKind.PRESENCE).answer(stanza)).isNull();
  }

  @Property
  void answersAreNeverAnsweredThemselves(@ForAll("requests") XmlElement request) {
    List<OutboundStanza> answers = services.answer(Stanzas.of(request));

    assertThat(answers)
        .singleElement()
        .satisfies(answer -> assertThat(services.answer(Stanzas.of(answer.element()))).isEmpty());
  }

  @Provide
  Arbitrary<XmlElement> requests() {
    return iq(Arbitraries.of("get", "set", "GET", "", "subscribe").injectNull(0.1));
  }

  @Provide
  Arbitrary<XmlElement> finals() {
    Arbitrary<XmlElement> presence =
        iq(Arbitraries.of("error"))
            .map(e -> new XmlElement(e.namespace(), "presence", e.attributes(), e.children()));
    return Arbitraries.oneOf(iq(Arbitraries.of("result", "error")), presence);
  }

  private static Arbitrary<XmlElement> iq(Arbitrary<String> type) {
    return Combinators.combine(
            type,
            Arbitraries.strings().ofMaxLength(20).injectNull(0.2),
            Arbitraries.of("gw.example", "gw.example/r", "bot@gw.example", "bot@gw.example/r"),
            Arbitraries.of("ann@example", "ann@example/pc", "example", "a@sub.gw.example"),
            payload().list().ofMaxSize(3))
        .as(
            (t, id, to, from, payloads) -> {
              XmlElement.Builder iq =
                  OutboundStanza.builder(StanzaKind.IQ, Jid.of(to), Jid.of(from))
                      .attribute("type", t)
                      .attribute("id", id);
              payloads.forEach(iq::child);
              return iq.build();
            });
  }

  private static Arbitrary<XmlElement> payload() {
    Arbitrary<String> namespace =
        Arbitraries.of(
            Namespaces.DISCO_INFO,
            Namespaces.DISCO_ITEMS,
            Namespaces.PING,
            Namespaces.VERSION,
            Namespaces.COMPONENT,
            Namespaces.CLIENT,
            "urn:example:unknown",
            "");
    Arbitrary<String> name = Arbitraries.of("query", "ping", "x");
    Arbitrary<String> node = Arbitraries.strings().ofMaxLength(20).injectNull(0.5);
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(10);
    return Combinators.combine(namespace, name, node, text)
        .as((ns, n, v, t) -> XmlElement.builder(ns, n).attribute("node", v).text(t).build());
  }
}
