package io.stanzahook.xml;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads one whole element from text, as strictly as RFC 6120 (11.1) restricts XML: no DOCTYPE, only
 * the five predefined entities, no processing instructions, no comments, and nothing beside the
 * root element.
 *
 * <p>Use it for documents of bounded size when you need a tree. {@code wire} reads stanzas from the
 * stream without one.
 */
public final class XmlParser {
  private XmlParser() {}

  /**
   * Parses one element.
   *
   * @throws XmlException if the text is not exactly one element within the limits
   */
  public static XmlElement parse(String text, XmlLimits limits) throws XmlException {
    int forbidden = XmlChars.firstForbidden(text);
    if (forbidden >= 0) {
      throw new XmlException(
          "character U+%04X at offset %d is not allowed in XML"
              .formatted((int) text.charAt(forbidden), forbidden));
    }
    XmlPrecheck.check(text, limits.maxAttributes());
    try {
      // A factory for each document, 40 ns, since a shared one collects every name it ever met.
      return read(new InputFactoryImpl().createXMLStreamReader(new StringReader(text)), limits);
    } catch (XMLStreamException e) {
      throw new XmlException("not well-formed XML: " + firstLine(e.getMessage()));
    } catch (RuntimeException e) {
      // Aalto reports faults found while reading lazily (']]>' in text) unchecked, and a few
      // others.
      throw new XmlException("not well-formed XML: " + firstLine(e.getMessage()));
    }
  }

  private static XmlElement read(XMLStreamReader reader, XmlLimits limits)
      throws XMLStreamException, XmlException {
    String version = reader.getVersion();
    if (version != null && !version.equals("1.0")) {
      // It has other line ends and other characters; streams are XML 1.0 (RFC 6120, 11).
      throw new XmlException("XML " + version + " is not allowed, only 1.0");
    }
    Deque<XmlElement.Builder> open = new ArrayDeque<>();
    // Text arrives in pieces, cut where CDATA begins or a buffer of the reader ends.
    StringBuilder text = new StringBuilder();
    XmlElement root = null;
    int elements = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++elements > limits.maxElements()) {
            throw new XmlException("more than " + limits.maxElements() + " elements");
          }
          if (open.size() >= limits.maxDepth()) {
            throw new XmlException("nested deeper than " + limits.maxDepth());
          }
          flush(text, open.peek());
          open.push(start(reader));
        }
        case XMLStreamConstants.END_ELEMENT -> {
          flush(text, open.peek());
          XmlElement element = open.pop().build();
          if (open.isEmpty()) {
            root = element;
          } else {
            open.peek().child(element);
          }
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.SPACE, XMLStreamConstants.END_DOCUMENT -> {}
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new XmlException("only the five entities of XML itself are allowed");
        default -> throw new XmlException("XML of an unexpected kind");
      }
    }
    if (root == null) {
      throw new XmlException("no element found");
    }
    return root;
  }

  private static void flush(StringBuilder text, XmlElement.@Nullable Builder parent)
      throws XmlException {
    if (parent != null) {
      parent.text(checked(text.toString()));
    }
    text.setLength(0);
  }

  private static XmlElement.Builder start(XMLStreamReader reader) throws XmlException {
    for (int i = 0; i < reader.getNamespaceCount(); i++) {
      String prefix = reader.getNamespacePrefix(i);
      if (prefix == null || prefix.isEmpty()) {
        continue;
      }
      if (reader.getNamespaceURI(i).isEmpty()) {
        // Aalto takes what only Namespaces in XML 1.1 admits.
        throw new XmlException("not well-formed XML: a prefix is declared without a namespace");
      }
      if (!XmlChars.isNcName(prefix)) {
        // Aalto checks the name as a whole, and the prefix only where it is used.
        throw new XmlException("not well-formed XML: a prefix is declared that is not a name");
      }
    }
    XmlElement.Builder builder =
        XmlElement.builder(orEmpty(reader.getNamespaceURI()), reader.getLocalName());
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      builder.attribute(
          orEmpty(reader.getAttributeNamespace(i)),
          reader.getAttributeLocalName(i),
          checked(reader.getAttributeValue(i)));
    }
    return builder;
  }

  /** Character references can smuggle in what the text itself may not hold. */
  private static String checked(String text) throws XmlException {
    if (XmlChars.firstForbidden(text) >= 0) {
      throw new XmlException("a character reference to a character that XML forbids");
    }
    return text;
  }

  private static String orEmpty(@Nullable String namespace) {
    return namespace == null ? "" : namespace;
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
  }
}
