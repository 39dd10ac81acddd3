package io.stanzahook.xml;

import java.io.StringReader;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Attr;
import org.w3c.dom.CharacterData;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** Reads XML with the JDK's own parser: the second opinion on ours. */
public final class JdkXml {
  private static final String XMLNS = "http://www.w3.org/2000/xmlns/";

  private JdkXml() {}

  /** The tree of a document, adjacent text joined. */
  public static XmlElement parse(String text) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setCoalescing(true);
    DocumentBuilder builder = factory.newDocumentBuilder();
    builder.setErrorHandler(
        new DefaultHandler() {
          @Override
          public void error(SAXParseException e) throws SAXParseException {
            throw e;
          }
        });
    return element(builder.parse(new InputSource(new StringReader(text))).getDocumentElement());
  }

  private static XmlElement element(Element element) {
    XmlElement.Builder builder =
        XmlElement.builder(
            Objects.requireNonNullElse(element.getNamespaceURI(), ""), element.getLocalName());
    NamedNodeMap attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      Attr attribute = (Attr) attributes.item(i);
      String namespace = Objects.requireNonNullElse(attribute.getNamespaceURI(), "");
      if (!namespace.equals(XMLNS)) {
        builder.attribute(namespace, attribute.getLocalName(), attribute.getValue());
      }
    }
    StringBuilder text = new StringBuilder();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child) {
        builder.text(text.toString()).child(element(child));
        text.setLength(0);
      } else if (node instanceof CharacterData data) {
        text.append(data.getData());
      }
    }
    return builder.text(text.toString()).build();
  }
}
