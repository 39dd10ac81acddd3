package io.stanzahook.wire;

import static javax.xml.stream.XMLStreamConstants.CDATA;
import static javax.xml.stream.XMLStreamConstants.CHARACTERS;
import static javax.xml.stream.XMLStreamConstants.END_ELEMENT;
import static javax.xml.stream.XMLStreamConstants.SPACE;
import static javax.xml.stream.XMLStreamConstants.START_ELEMENT;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.StreamEvent.Opened;
import io.stanzahook.xml.XmlChars;
import io.stanzahook.xml.XmlElement;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the framer found: the stream's start tag, and then one whole element after another.
 *
 * <p>No tree is built: a stanza's attributes and the few texts the webhook gets are picked up in
 * one pass, and its XML is copied unchanged, unless it uses a prefix of the stream's start tag.
 */
final class StanzaDecoder {
  private final Jid ownDomain;
  private final ElementReader reader;
  private final StandaloneXml standalone;

  /** Prefixes of the start tag: an element that uses one does not stand alone. */
  private final Set<String> streamPrefixes = new HashSet<>();

  private final String endTagName;
  private final Opened opened;
  private final @Nullable String streamLang;

  /**
   * Reads the start tag.
   *
   * @param ownDomain the addressee of stanzas that name none
   * @throws StreamViolation if it opens no component stream (XEP-0114, 3)
   */
  StanzaDecoder(Jid ownDomain, WireLimits limits, byte[] data, int offset, int length)
      throws StreamViolation {
    this.ownDomain = ownDomain;
    reader = new ElementReader(data, offset, length);
    standalone = new StandaloneXml(reader.startTag(), limits);
    XMLStreamReader tag = reader.reader();
    String content = "";
    for (int i = 0; i < tag.getNamespaceCount(); i++) {
      String prefix = tag.getNamespacePrefix(i);
      if (prefix == null || prefix.isEmpty()) {
        content = String.valueOf(tag.getNamespaceURI(i));
      } else {
        streamPrefixes.add(prefix);
      }
    }
    if (!tag.getLocalName().equals("stream")
        || !Namespaces.STREAM.equals(tag.getNamespaceURI())
        || !content.equals(Namespaces.COMPONENT)) {
      throw new StreamViolation(
          StreamCondition.INVALID_NAMESPACE,
          "the stream is not a component stream ({%s}%s with default namespace '%s')"
              .formatted(tag.getNamespaceURI(), tag.getLocalName(), content));
    }
    endTagName =
        tag.getPrefix() == null || tag.getPrefix().isEmpty()
            ? tag.getLocalName()
            : tag.getPrefix() + ':' + tag.getLocalName();
    streamLang = tag.getAttributeValue(XmlElement.XML_NAMESPACE, "lang");
    opened =
        new Opened(
            tag.getAttributeValue(null, "id"),
            tag.getAttributeValue(null, "from"),
            tag.getAttributeValue(null, "to"),
            streamLang);
  }

  Opened opened() {
    return opened;
  }

  /**
   * Reads the start tag of an element that is not whole yet.
   *
   * @return whether it is a stanza's
   * @throws StreamViolation if it is the stream's own: a stream cannot begin again inside itself
   */
  boolean begins(byte[] data, int offset, int length) throws StreamViolation {
    XMLStreamReader element = reader.peek(data, offset, length);
    checkNoStream(namespace(element), element.getLocalName());
    return isContent(namespace(element)) && StanzaKind.ofElement(element.getLocalName()) != null;
  }

  private static void checkNoStream(String namespace, String name) throws StreamViolation {
    if (namespace.equals(Namespaces.STREAM) && name.equals("stream")) {
      throw new StreamViolation(
          StreamCondition.BAD_FORMAT, "the stream's start tag again, inside the stream");
    }
  }

  /** Reads one whole element. */
  StreamEvent decode(byte[] data, int offset, int length) throws StreamViolation {
    return decode(data, offset, length, streamLang);
  }

  /**
   * Reads one whole element.
   *
   * @param lang of a stanza that has no language of its own, or null
   */
  StreamEvent decode(byte[] data, int offset, int length, @Nullable String lang)
      throws StreamViolation {
    XMLStreamReader element = reader.begin(data, offset, length);
    String namespace = namespace(element);
    String name = element.getLocalName();
    if (isContent(namespace)) {
      StanzaKind kind = StanzaKind.ofElement(name);
      if (kind != null) {
        return stanza(new StanzaDraft(kind, lang), element, data, offset, length);
      }
      if (name.equals("handshake")) {
        return new StreamEvent.Handshake(text());
      }
    } else if (namespace.equals(Namespaces.STREAM) && name.equals("error")) {
      return streamError(element);
    }
    checkNoStream(namespace, name);
    skipToEnd();
    return new StreamEvent.Ignored(namespace, name);
  }

  /** Checks that an end tag is the stream's. */
  void decodeEnd(byte[] data, int offset, int length) throws StreamViolation {
    String tag = new String(data, offset, length, StandardCharsets.UTF_8);
    if (!tag.substring(2, tag.length() - 1).stripTrailing().equals(endTagName)) {
      throw new StreamViolation(
          StreamCondition.NOT_WELL_FORMED, "an end tag that is not the stream's");
    }
  }

  private StreamEvent stanza(
      StanzaDraft draft, XMLStreamReader element, byte[] data, int offset, int length)
      throws StreamViolation {
    boolean standsAlone = true;
    int depth = 0;
    int event = START_ELEMENT;
    while (true) {
      switch (event) {
        case START_ELEMENT -> {
          depth++;
          standsAlone = standsAlone && standsAlone(element);
          if (depth == 1) {
            attributes(element, draft);
          } else if (depth == 2) {
            String namespace = namespace(element);
            draft.childBegins(
                isContent(namespace) ? "" : namespace, element.getLocalName(), lang(element));
            if (namespace.equals(Namespaces.CORRECT) && element.getLocalName().equals("replace")) {
              draft.replaces(element.getAttributeValue(null, "id"));
            }
          }
        }
        case END_ELEMENT -> {
          if (--depth == 0) {
            return draft.event(ownDomain, standalone.of(data, offset, length, standsAlone));
          }
          if (depth == 1) {
            draft.childEnds();
          }
        }
        case CHARACTERS, CDATA, SPACE -> {
          if (depth == 2 && draft.wantsText()) {
            draft.text(reader.text());
          }
        }
        default ->
            throw new StreamViolation(
                StreamCondition.RESTRICTED_XML, "XML that is not allowed in a stream");
      }
      event = reader.next();
    }
  }

  private static void attributes(XMLStreamReader element, StanzaDraft draft) {
    for (int i = 0; i < element.getAttributeCount(); i++) {
      String namespace = element.getAttributeNamespace(i);
      String name = element.getAttributeLocalName(i);
      if (namespace == null || namespace.isEmpty()) {
        draft.attribute(name, element.getAttributeValue(i));
      } else if (name.equals("lang") && namespace.equals(XmlElement.XML_NAMESPACE)) {
        draft.lang(element.getAttributeValue(i));
      }
    }
  }

  /**
   * Whether the element's start tag reads the same outside of the stream: no prefix of the stream's
   * start tag, and the content namespace is not spelled out.
   */
  private boolean standsAlone(XMLStreamReader element) {
    if (streamPrefixes.contains(orEmpty(element.getPrefix()))) {
      return false;
    }
    for (int i = 0; i < element.getNamespaceCount(); i++) {
      if (orEmpty(element.getNamespacePrefix(i)).isEmpty()
          && isContent(orEmpty(element.getNamespaceURI(i)))) {
        return false;
      }
    }
    for (int i = 0; i < element.getAttributeCount(); i++) {
      if (streamPrefixes.contains(orEmpty(element.getAttributePrefix(i)))) {
        return false;
      }
    }
    return true;
  }

  private StreamEvent streamError(XMLStreamReader element) throws StreamViolation {
    String name = StreamCondition.UNDEFINED_CONDITION.elementName();
    String text = null;
    for (int depth = 1; depth > 0; ) {
      int event = reader.next();
      if (event == START_ELEMENT) {
        boolean condition = Namespaces.STREAM_ERRORS.equals(element.getNamespaceURI());
        if (condition && element.getLocalName().equals("text")) {
          text = text();
        } else {
          if (condition && depth == 1) {
            name = element.getLocalName();
          }
          depth++;
        }
      } else if (event == END_ELEMENT) {
        depth--;
      }
    }
    return new StreamEvent.Failed(StreamCondition.ofElement(name), name, text);
  }

  /** The text of the current element, up to its end; that of elements inside is left out. */
  private String text() throws StreamViolation {
    StringBuilder text = new StringBuilder();
    for (int depth = 1; depth > 0; ) {
      switch (reader.next()) {
        case START_ELEMENT -> depth++;
        case END_ELEMENT -> depth--;
        case CHARACTERS, CDATA, SPACE -> {
          if (depth == 1) {
            text.append(reader.text());
          }
        }
        default -> {}
      }
    }
    return text.toString();
  }

  private void skipToEnd() throws StreamViolation {
    text();
  }

  private static @Nullable String lang(XMLStreamReader element) {
    return element.getAttributeCount() == 0
        ? null
        : element.getAttributeValue(XmlElement.XML_NAMESPACE, "lang");
  }

  private static boolean isContent(String namespace) {
    return namespace.equals(Namespaces.COMPONENT)
        || namespace.equals(Namespaces.CLIENT)
        || namespace.isEmpty();
  }

  private static String namespace(XMLStreamReader element) {
    return XmlChars.namespaceName(element.getNamespaceURI());
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
