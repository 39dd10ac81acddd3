package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves a stanza that was written for another kind of stream into the content namespace of the
 * component stream (RFC 6120, 4.8.3). On a component stream, a server would treat a {@code <message
 * xmlns='jabber:client'>} as a foreign element.
 */
public final class ContentNamespace {
  private ContentNamespace() {}

  /**
   * The tree with its root's namespace replaced by {@link Namespaces#COMPONENT}, if that is the
   * content namespace of a stanza, or none. Descendants with the same namespace follow. A stanza
   * carried inside another payload (XEP-0297) keeps its own.
   */
  public static XmlElement adopt(XmlElement root) {
    String namespace = root.namespace();
    boolean content =
        namespace.isEmpty()
            || namespace.equals(Namespaces.CLIENT)
            || namespace.equals("jabber:server");
    return content ? move(root, namespace) : root;
  }

  private static XmlElement move(XmlElement element, String from) {
    List<XmlNode> children = new ArrayList<>(element.children().size());
    for (XmlNode child : element.children()) {
      children.add(
          child instanceof XmlElement inner && inner.namespace().equals(from)
              ? move(inner, from)
              : child);
    }
    return new XmlElement(Namespaces.COMPONENT, element.name(), element.attributes(), children);
  }
}
