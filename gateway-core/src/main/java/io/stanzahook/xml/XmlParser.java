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
 * Reads one whole element from text, as strictly as RFC 6120 (11.1) restricts XML: no DOCTYPE, no
 * entity but the five, no processing instruction, no comment, nothing beside the one root.
 *
 * <p>For documents of bounded size whose tree is wanted. Stanzas from the stream are read by {@code
 * wire}, which needs no tree.
 */
public final class XmlParser {
  private XmlParser() {}

  /**
   * Parses one element.
   *
   * @throws XmlException if the text is anything but one element within the limits
   */
  public static XmlElement parse(String text, XmlLimits limits) throws XmlException {
    int forbidden = XmlChars.firstForbidden(text);
    if (forbidden >= 0) {
      throw new XmlException(
          "character U+%04X at offset %d is not allowed in XML"
              .formatted((int) text.charAt(forbidden), forbidden));
    }
    // A factory for each document: a shared one collects every name it ever met.
    XMLStreamReader reader = null;
    try {
      reader = new InputFactoryImpl().createXMLStreamReader(new StringReader(text));
      return read(reader, limits);
    } catch (XMLStreamException e) {
      throw new XmlException("not well-formed XML: " + firstLine(e.getMessage()));
    } catch (RuntimeException e) {
      // Aalto reports some faults found while reading lazily (']]>' in text) unchecked, as
      // exceptions of several kinds.
      throw new XmlException("not well-formed XML: " + firstLine(e.getMessage()));
    }
  }

  private static XmlElement read(XMLStreamReader reader, XmlLimits limits)
      throws XMLStreamException, XmlException {
    Deque<XmlElement.Builder> open = new ArrayDeque<>();
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
          open.push(start(reader, limits));
        }
        case XMLStreamConstants.END_ELEMENT -> {
          XmlElement element = open.pop().build();
          if (open.isEmpty()) {
            root = element;
          } else {
            open.peek().child(element);
          }
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (!open.isEmpty()) {
            open.peek().text(checked(reader.getText()));
          }
        }
        case XMLStreamConstants.SPACE, XMLStreamConstants.END_DOCUMENT -> {}
        case XMLStreamConstants.COMMENT -> throw new XmlException("comments are not allowed");
        case XMLStreamConstants.PROCESSING_INSTRUCTION ->
            throw new XmlException("processing instructions are not allowed");
        case XMLStreamConstants.DTD -> throw new XmlException("a DOCTYPE is not allowed");
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

  private static XmlElement.Builder start(XMLStreamReader reader, XmlLimits limits)
      throws XmlException {
    int attributes = reader.getAttributeCount();
    if (attributes + reader.getNamespaceCount() > limits.maxAttributes()) {
      throw new XmlException("more than " + limits.maxAttributes() + " attributes on one element");
    }
    XmlElement.Builder builder =
        XmlElement.builder(orEmpty(reader.getNamespaceURI()), reader.getLocalName());
    for (int i = 0; i < attributes; i++) {
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
