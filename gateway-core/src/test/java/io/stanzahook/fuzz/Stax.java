package io.stanzahook.fuzz;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's streaming parser: the second opinion on ours.
 *
 * @param root the document's element
 * @param restricted whether the document has what XML admits and XMPP does not (RFC 6120, 11.1)
 * @param mostAttributes of one element, declarations of namespaces included
 */
record Stax(Tree root, boolean restricted, int mostAttributes) {
  private static final String NO_LIMIT = Integer.toString(Integer.MAX_VALUE);

  static Stax read(String document) throws XMLStreamException {
    try {
      return read(factory().createXMLStreamReader(new StringReader(document)));
    } catch (RuntimeException e) {
      // It has no message for some faults in a DOCTYPE, and fails in looking for it.
      throw new XMLStreamException(e);
    }
  }

  /** What it reads in UTF-8, or null where it refuses the document or the bytes are not that. */
  static @Nullable Stax tryToRead(byte[] document) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(document);
      return read(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (XMLStreamException | CharacterCodingException e) {
      return null;
    }
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    // Its own limits, narrower in JDK 25 than ours, are not what it is asked about.
    factory.setProperty("jdk.xml.elementAttributeLimit", "0");
    factory.setProperty("jdk.xml.maxXMLNameLimit", "1000000");
    factory.setProperty("jdk.xml.maxElementDepth", "0");
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    // The JDK's own bound on names is none of XML's rules.
    factory.setProperty("http://www.oracle.com/xml/jaxp/properties/maxXMLNameLimit", NO_LIMIT);
    // Else it prints what it refuses.
    factory.setXMLReporter((message, errorType, relatedInformation, location) -> {});
    return factory;
  }

  private static Stax read(XMLStreamReader reader) throws XMLStreamException {
    Deque<Tree> open = new ArrayDeque<>();
    StringBuilder text = new StringBuilder();
    Tree root = null;
    boolean restricted = false;
    int mostAttributes = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          flush(text, open.peek());
          Tree started = start(reader);
          mostAttributes =
              Math.max(mostAttributes, reader.getAttributeCount() + reader.getNamespaceCount());
          if (open.peek() != null) {
            open.peek().children().add(started);
          } else {
            root = started;
          }
          open.push(started);
        }
        case XMLStreamConstants.END_ELEMENT -> {
          flush(text, open.peek());
          open.pop();
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(open.isEmpty() ? "" : reader.getText());
        case XMLStreamConstants.END_DOCUMENT -> {}
        default -> restricted = true;
      }
    }
    if (root == null) {
      throw new XMLStreamException("no element");
    }
    return new Stax(root, restricted, mostAttributes);
  }

  private static void flush(StringBuilder text, @Nullable Tree parent) {
    if (parent != null && text.length() > 0) {
      parent.children().add(text.toString());
    }
    text.setLength(0);
  }

  private static Tree start(XMLStreamReader reader) throws XMLStreamException {
    Map<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      attributes.put(
          Tree.key(
              namespace(reader.getAttributeNamespace(i)), name(reader.getAttributeLocalName(i))),
          reader.getAttributeValue(i));
    }
    return new Tree(
        namespace(reader.getNamespaceURI()),
        name(reader.getLocalName()),
        attributes,
        new ArrayList<>());
  }

  /** StAX overlooks a colon at the start or end of a name, which namespaces do not admit. */
  private static String name(String localName) throws XMLStreamException {
    if (localName.isEmpty() || localName.indexOf(':') >= 0) {
      throw new XMLStreamException("a stray colon in a name");
    }
    return localName;
  }

  /** White space in a namespace name is a space to us even where it was written as a reference. */
  private static String namespace(@Nullable String name) {
    return name == null ? "" : name.replaceAll("[\t\n\r]", " ");
  }
}
