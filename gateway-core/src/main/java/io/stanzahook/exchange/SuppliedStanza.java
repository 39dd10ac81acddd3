package io.stanzahook.exchange;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlAttribute;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlNode;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlText;
import java.util.Set;

/**
 * A stanza that the webhook wrote as XML. It is parsed and never sent as text, and is one message,
 * presence or iq in the component's namespace.
 *
 * @param element without the white space that people indent XML with
 */
record SuppliedStanza(StanzaKind kind, XmlElement element) {
  /** The attributes of XML's own namespace (XML 1.0; XML Base; xml:id). */
  private static final Set<String> XML_ATTRIBUTES = Set.of("lang", "space", "base", "id");

  static SuppliedStanza parse(String xml) throws RefusedReplyException {
    XmlElement root;
    try {
      root = ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.OUTBOUND));
    } catch (XmlException e) {
      throw bad("the stanza cannot be sent: " + Quoted.of(String.valueOf(e.getMessage())));
    }
    return of(root);
  }

  /** An element that is to be a stanza, checked like one that was written as XML. */
  static SuppliedStanza of(XmlElement root) throws RefusedReplyException {
    StanzaKind kind =
        root.namespace().equals(Namespaces.COMPONENT) ? StanzaKind.ofElement(root.name()) : null;
    if (kind == null) {
      throw bad(
          "<%s xmlns='%s'> is not a message, presence or iq"
              .formatted(Quoted.of(root.name()), Quoted.of(root.namespace())));
    }
    checkRelayable(root, 1);
    return new SuppliedStanza(kind, withoutLooseText(root));
  }

  static RefusedReplyException bad(String detail) {
    return new RefusedReplyException(DroppedReply.Reason.BAD_STANZA, detail);
  }

  /**
   * Refuses what is well-formed but what servers handle wrongly. Prosody and ejabberd forward an
   * element with the prefix {@code xml}, and Prosody any unknown attribute with it, in a form that
   * ends the receiver's stream. ejabberd's parser ends our stream at a line break in a namespace.
   */
  private static void checkRelayable(XmlElement element, int depth) throws RefusedReplyException {
    if (depth > XmlLimits.OUTBOUND.maxDepth()) {
      throw bad("the stanza is nested deeper than " + XmlLimits.OUTBOUND.maxDepth());
    }
    if (element.namespace().equals(XmlElement.XML_NAMESPACE)) {
      throw bad("an element cannot have the prefix xml:");
    }
    checkNamespace(element.namespace());
    for (XmlAttribute attribute : element.attributes()) {
      checkNamespace(attribute.namespace());
      if (attribute.namespace().equals(XmlElement.XML_NAMESPACE)
          && !XML_ATTRIBUTES.contains(attribute.name())) {
        throw bad("there is no attribute xml:" + Quoted.of(attribute.name()));
      }
    }
    for (XmlElement child : element.elements()) {
      checkRelayable(child, depth + 1);
    }
  }

  private static void checkNamespace(String namespace) throws RefusedReplyException {
    if (namespace.chars().anyMatch(c -> c <= ' ' || Character.isISOControl(c))) {
      throw bad("a namespace with white space or a control character");
    }
  }

  /** The content of a stanza itself is only elements (RFC 6120, 8.4). */
  private static XmlElement withoutLooseText(XmlElement root) {
    for (XmlNode child : root.children()) {
      if (child instanceof XmlText) {
        XmlElement.Builder clean = XmlElement.builder(root.namespace(), root.name());
        root.attributes().forEach(a -> clean.attribute(a.namespace(), a.name(), a.value()));
        root.elements().forEach(clean::child);
        return clean.build();
      }
    }
    return root;
  }
}
