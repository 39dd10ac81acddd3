package io.stanzahook.stanza;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conformance B8 and C14: the content namespace of a webhook's stanza is the stream's. */
class ContentNamespaceTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "xmlns='jabber:client'",
        "xmlns='jabber:server'",
        "xmlns='jabber:component:accept'"
      })
  void c14_stanzasOfAnyStreamAreAdopted(String declaration) throws XmlException {
    XmlElement adopted =
        adopt("<message %s to='a@b'><body>hi</body></message>".formatted(declaration));

    assertThat(adopted)
        .isEqualTo(
            XmlElement.builder(Namespaces.COMPONENT, "message")
                .attribute("to", "a@b")
                .textChild(Namespaces.COMPONENT, "body", "hi")
                .build());
  }

  @Test
  void b8_prefixedStanzasAreAdopted() throws XmlException {
    assertThat(adopt("<c:message xmlns:c='jabber:client'><c:body/><x/></c:message>"))
        .isEqualTo(
            XmlElement.builder(Namespaces.COMPONENT, "message")
                .child(XmlElement.empty(Namespaces.COMPONENT, "body"))
                .child(XmlElement.empty("", "x"))
                .build());
  }

  @Test
  void descendantsFollowThroughTheirOwnKindOnly() throws XmlException {
    assertThat(
            adopt(
                "<message xmlns='jabber:client'><error><text/><gone xmlns='u'/></error></message>"))
        .isEqualTo(
            XmlElement.builder(Namespaces.COMPONENT, "message")
                .child(
                    XmlElement.builder(Namespaces.COMPONENT, "error")
                        .child(XmlElement.empty(Namespaces.COMPONENT, "text"))
                        .child(XmlElement.empty("u", "gone"))
                        .build())
                .build());
  }

  @Test
  void aForwardedStanzaKeepsItsNamespace() throws XmlException {
    XmlElement adopted =
        adopt(
            "<message xmlns='jabber:client'><forwarded xmlns='urn:xmpp:forward:0'>"
                + "<message xmlns='jabber:client'><body/></message></forwarded></message>");

    assertThat(adopted.elements())
        .containsExactly(
            XmlElement.builder("urn:xmpp:forward:0", "forwarded")
                .child(
                    XmlElement.builder(Namespaces.CLIENT, "message")
                        .child(XmlElement.empty(Namespaces.CLIENT, "body"))
                        .build())
                .build());
  }

  @Test
  void whatIsNoStanzasNamespaceIsLeftAsItIs() throws XmlException {
    XmlElement foreign =
        XmlParser.parse("<message xmlns='u'><body/></message>", XmlLimits.OUTBOUND);

    assertThat(ContentNamespace.adopt(foreign)).isSameAs(foreign);
  }

  private static XmlElement adopt(String xml) throws XmlException {
    return ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.OUTBOUND));
  }
}
