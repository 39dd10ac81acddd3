package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Received stanzas for tests, from XML as a server would send it. */
public final class Stanzas {
  private Stanzas() {}

  /** The stanza of that XML; it has no {@code xmlns} of its own and needs both addresses. */
  public static Stanza of(String xml) {
    try {
      StanzaXml bytes = StanzaXml.of(xml);
      return of(bytes.parse(XmlLimits.INBOUND), bytes);
    } catch (XmlException e) {
      throw new IllegalArgumentException(xml, e);
    }
  }

  /** The stanza of that element, which is in {@link Namespaces#COMPONENT}. */
  public static Stanza of(XmlElement root) {
    StringBuilder xml = new StringBuilder();
    XmlWriter.write(root, Namespaces.COMPONENT, xml);
    return of(root, StanzaXml.of(xml.toString()));
  }

  private static Stanza of(XmlElement root, StanzaXml xml) {
    StanzaHeader header =
        new StanzaHeader(
            Jid.of(String.valueOf(root.attribute("to"))),
            Jid.of(String.valueOf(root.attribute("from"))),
            root.attribute("id"),
            root.attribute("type"),
            root.attribute(XmlElement.XML_NAMESPACE, "lang"));
    List<PayloadName> payloads = new ArrayList<>();
    for (XmlElement child : root.elements()) {
      if (!child.namespace().equals(Namespaces.COMPONENT)) {
        payloads.add(new PayloadName(child.namespace(), child.name()));
      }
    }
    StanzaKind kind = StanzaKind.ofElement(root.name());
    if (kind == null) {
      throw new IllegalArgumentException("not a stanza: " + root);
    }
    return switch (kind) {
      case MESSAGE ->
          new Message(
              header,
              text(root, "body"),
              text(root, "subject"),
              text(root, "thread"),
              payloads,
              xml);
      case PRESENCE -> new Presence(header, payloads, xml);
      case IQ -> new Iq(header, root.elements().size(), payloads, xml);
    };
  }

  private static @Nullable String text(XmlElement root, String name) {
    XmlElement child = root.child(Namespaces.COMPONENT, name);
    return child == null ? null : child.text();
  }
}
