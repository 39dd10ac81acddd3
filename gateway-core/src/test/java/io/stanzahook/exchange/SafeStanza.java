package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlWriter;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What every stanza written to a stream must be, judged by a parser that is not ours. */
final class SafeStanza {
  private SafeStanza() {}

  static void assertSafe(OutboundStanza reply) throws XMLStreamException {
    StringBuilder out = new StringBuilder();
    XmlWriter.write(reply.element(), Namespaces.COMPONENT, out);
    assertThat(out.toString().getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(ReplyRules.MAX_STANZA_BYTES);

    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    // Its own limits, narrower in JDK 25 than ours, are not what it is asked about.
    factory.setProperty("jdk.xml.elementAttributeLimit", "0");
    factory.setProperty("jdk.xml.maxXMLNameLimit", "1000000");
    factory.setProperty("jdk.xml.maxElementDepth", "0");
    factory.setProperty("http://www.oracle.com/xml/jaxp/properties/maxXMLNameLimit", 100_000);
    XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(out.toString()));
    assertThat(xml.nextTag()).isEqualTo(XMLStreamConstants.START_ELEMENT);
    assertThat(xml.getLocalName()).isIn("message", "presence", "iq");
    assertThat(xml.getNamespaceURI()).isNull();
    Jid from = Jid.of(xml.getAttributeValue(null, "from"));
    assertThat(from.hasDomain(TestStanzas.DOMAIN)).isTrue();
    assertThat(Jid.parse(xml.getAttributeValue(null, "to"))).isEqualTo(reply.to());
    int depth = 1;
    int deepest = 1;
    while (depth > 0) {
      int event = xml.next();
      depth += event == XMLStreamConstants.START_ELEMENT ? 1 : 0;
      depth -= event == XMLStreamConstants.END_ELEMENT ? 1 : 0;
      deepest = Math.max(deepest, depth);
      assertThat(event)
          .isIn(
              XMLStreamConstants.START_ELEMENT,
              XMLStreamConstants.END_ELEMENT,
              XMLStreamConstants.CHARACTERS);
    }
    assertThat(deepest).isLessThanOrEqualTo(64);
    assertThat(xml.next()).isEqualTo(XMLStreamConstants.END_DOCUMENT);
  }
}
