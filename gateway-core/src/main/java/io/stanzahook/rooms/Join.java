package io.stanzahook.rooms;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlNode;
import io.stanzahook.xml.XmlSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a room is entered (XEP-0045, 7.2): the content of the presence. When we enter again, it never
 * asks for history, even if the first presence did.
 */
final class Join {
  /** Of a larger presence, only the password is kept. */
  static final int MAX_BYTES = 8 * 1024;

  /** Nothing but the entrance. */
  static final Join PLAIN = new Join(List.of(entrance(null)));

  private final List<XmlElement> content;

  private Join(List<XmlElement> content) {
    this.content = content;
  }

  /** As that presence, which was sent to enter a room. */
  static Join like(OutboundStanza presence) {
    XmlElement sent = presence.element();
    XmlElement x = sent.child(Namespaces.MUC, "x");
    XmlElement password = x == null ? null : x.child(Namespaces.MUC, "password");
    List<XmlElement> content = new ArrayList<>(4);
    boolean small = !XmlSize.exceeds(sent, Namespaces.COMPONENT, MAX_BYTES);
    content.add(
        entrance(
            password == null || XmlSize.exceeds(password, Namespaces.MUC, MAX_BYTES)
                ? null
                : password));
    if (small) {
      for (XmlElement child : sent.elements()) {
        if (!child.equals(x)) {
          content.add(child);
        }
      }
    }
    return new Join(List.copyOf(content));
  }

  /**
   * With a password.
   *
   * @param password null for none
   * @param said what our presence carries besides
   */
  static Join with(@Nullable String password, List<XmlElement> said) {
    List<XmlElement> content = new ArrayList<>();
    content.add(
        entrance(password == null ? null : XmlElement.text(Namespaces.MUC, "password", password)));
    content.addAll(said);
    return new Join(List.copyOf(content));
  }

  private static XmlElement entrance(@Nullable XmlElement password) {
    return XmlElement.builder(Namespaces.MUC, "x").child(password).child(noHistory()).build();
  }

  private static XmlElement noHistory() {
    return XmlElement.builder(Namespaces.MUC, "history").attribute("maxstanzas", "0").build();
  }

  /** The presence that enters. */
  OutboundStanza presence(Jid room, Jid self, String nick, String id) {
    XmlElement.Builder presence =
        OutboundStanza.builder(StanzaKind.PRESENCE, room.withResource(nick), self)
            .attribute("id", id);
    content.forEach(presence::child);
    return OutboundStanza.of(presence.build());
  }

  /** Whether it enters in the same way. */
  boolean isLike(Join other) {
    return content.equals(other.content);
  }

  /** Whether our presence carries the same besides. */
  boolean saysLike(Join other) {
    return said().equals(other.said());
  }

  /** Without the entrance, which comes first. */
  private List<XmlElement> said() {
    return content.subList(1, content.size());
  }

  /** The presence of one who is in, under that nick. */
  OutboundStanza update(Jid room, Jid self, String nick, String id) {
    XmlElement.Builder presence =
        OutboundStanza.builder(StanzaKind.PRESENCE, room.withResource(nick), self)
            .attribute("id", id);
    said().forEach(presence::child);
    return OutboundStanza.of(presence.build());
  }

  /** A presence that enters a room, without its history unless it asks for some. */
  static OutboundStanza withoutHistory(OutboundStanza presence) {
    XmlElement sent = presence.element();
    XmlElement x = sent.child(Namespaces.MUC, "x");
    if (x == null || x.child(Namespaces.MUC, "history") != null) {
      return presence;
    }
    XmlElement.Builder complete = XmlElement.builder(sent.namespace(), sent.name());
    sent.attributes().forEach(a -> complete.attribute(a.namespace(), a.name(), a.value()));
    for (XmlNode child : sent.children()) {
      complete.node(child == x ? x.toBuilder().child(noHistory()).build() : child);
    }
    return OutboundStanza.of(complete.build());
  }
}
