package io.stanzahook.app.interop;

import java.io.IOException;
import java.io.StringReader;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.Text;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * What a stanza says, however it is written: expanded names, attributes sorted, text. Prefixes,
 * declarations and the order of attributes do not count, and neither does the default namespace of
 * the stream that it was taken from.
 */
final class Infoset {
  private static final String CLIENT = "jabber:client";

  private Infoset() {}

  /** The infoset as text, to be compared. */
  static String of(String xml) {
    return of(xml, UnaryOperator.identity());
  }

  /** The same, after a change of the root element. */
  static String of(String xml, UnaryOperator<Element> change) {
    try {
      DocumentBuilder parser = parsers().newDocumentBuilder();
      parser.setErrorHandler(null);
      Element root = parser.parse(new InputSource(new StringReader(xml))).getDocumentElement();
      StringBuilder out = new StringBuilder();
      write(change.apply(root), out);
      return out.toString();
    } catch (SAXException | IOException | ParserConfigurationException e) {
      throw new AssertionError("not well-formed: " + xml, e);
    }
  }

  private static DocumentBuilderFactory parsers() throws ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setCoalescing(true);
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory;
  }

  private static void write(Element element, StringBuilder out) {
    out.append('<').append(name(element));
    TreeMap<String, String> attributes = new TreeMap<>();
    NamedNodeMap map = element.getAttributes();
    for (int i = 0; i < map.getLength(); i++) {
      Node attribute = map.item(i);
      if (!XMLConstants.XMLNS_ATTRIBUTE_NS_URI.equals(attribute.getNamespaceURI())) {
        attributes.put(name(attribute), attribute.getNodeValue());
      }
    }
    attributes.forEach((name, value) -> out.append(' ').append(name).append('=').append(value));
    out.append('>');
    for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element inner) {
        write(inner, out);
      } else if (child instanceof Text text) {
        out.append(text.getData());
      }
    }
    out.append("</>");
  }

  private static String name(Node node) {
    String namespace = node.getNamespaceURI();
    return namespace == null || namespace.equals(CLIENT)
        ? node.getLocalName()
        : "{" + namespace + "}" + node.getLocalName();
  }
}
