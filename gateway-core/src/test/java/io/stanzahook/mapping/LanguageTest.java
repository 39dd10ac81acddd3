package io.stanzahook.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Conformance C7 in mod_rest's mapping: which of several texts it has. */
class LanguageTest {
  private static ObjectNode json(String xml, @Nullable String lang) throws Exception {
    return StanzaMapping.toJson(
        ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.INBOUND)), lang);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "de | <body xml:lang='en'>no</body><body xml:lang='de'>yes</body>",
        "DE | <body xml:lang='en'>no</body><body xml:lang='de'>yes</body>",
        "de | <body xml:lang='en'>no</body><body>yes</body><body xml:lang='de'>no</body>",
        "de | <body xml:lang='en'>yes</body><body xml:lang='fr'>no</body>",
        "'' | <body xml:lang='en'>no</body><body xml:lang=''>yes</body>",
      })
  void c7_theBodyIsInTheLanguageOfTheStanza(String lang, String bodies) throws Exception {
    assertThat(json("<message xml:lang='" + lang + "'>" + bodies + "</message>", "xx").get("body"))
        .hasToString("\"yes\"");
    assertThat(json("<message>" + bodies + "</message>", lang).get("body")).hasToString("\"yes\"");
  }

  @Test
  void c7_soAreSubjectStatusErrorAndForwardedMessages() throws Exception {
    String two = "<%1$s xml:lang='en'>no</%1$s><%1$s xml:lang='de'>yes</%1$s>";
    assertThat(json("<message>" + two.formatted("subject") + "</message>", "de").get("subject"))
        .hasToString("\"yes\"");
    assertThat(json("<presence>" + two.formatted("status") + "</presence>", "de").get("status"))
        .hasToString("\"yes\"");
    String text = " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";
    assertThat(
            json(
                    "<iq type='error'><error type='cancel'><gone%1$s/><text%1$s xml:lang='en'>no</text><text%1$s xml:lang='de'>yes</text></error></iq>"
                        .formatted(text),
                    "de")
                .path("error")
                .path("text"))
        .hasToString("\"yes\"");
    assertThat(
            json(
                    "<message xml:lang='en'><forwarded xmlns='urn:xmpp:forward:0'><message"
                        + " xmlns='jabber:client' xml:lang='de'>"
                        + two.formatted("body")
                        + "</message></forwarded></message>",
                    null)
                .path("forwarded")
                .path("message")
                .path("body"))
        .hasToString("\"yes\"");
    assertThat(
            json(
                    "<message xml:lang='de'><html xmlns='http://jabber.org/protocol/xhtml-im'><body"
                        + " xmlns='http://www.w3.org/1999/xhtml' xml:lang='en'>no</body><body"
                        + " xmlns='http://www.w3.org/1999/xhtml'"
                        + " xml:lang='de'>yes</body></html></message>",
                    null)
                .get("html")
                .asString())
        .contains("yes");
  }
}
