package io.stanzahook.exchange;

import io.stanzahook.mapping.MappingException;
import io.stanzahook.mapping.StanzaMapping;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaIds;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A reply as mod_rest's mapping has it, made a stanza with the type and id that a reply has. */
final class MappedReply {
  private MappedReply() {}

  /**
   * The stanza, without what its addresses default to.
   *
   * @param answersIq whether an iq request is answered: then a reply that says no kind is an iq
   * @param dropped takes the parts that cannot be written; the rest is not lost over them
   */
  static SuppliedStanza stanza(
      Stanza answered,
      boolean answersIq,
      ObjectNode json,
      StanzaIds ids,
      List<DroppedReply> dropped)
      throws RefusedReplyException {
    XmlElement element;
    List<String> broken = new ArrayList<>(0);
    try {
      element =
          StanzaMapping.toStanza(json, answersIq ? StanzaKind.IQ : StanzaKind.MESSAGE, broken);
    } catch (MappingException e) {
      throw new RefusedReplyException(DroppedReply.Reason.INVALID, String.valueOf(e.getMessage()));
    }
    for (String part : broken) {
      dropped.add(
          new DroppedReply(DroppedReply.Reason.PART, part + "; the rest of the reply is sent"));
    }
    if (element.name().equals(StanzaKind.MESSAGE.elementName())) {
      element = message(answered, element, ids);
    }
    return SuppliedStanza.of(element);
  }

  private static XmlElement message(Stanza answered, XmlElement message, StanzaIds ids) {
    String type = message.attribute("type");
    XmlElement.Builder complete = message.toBuilder();
    if (type == null && !toRoom(answered, message)) {
      complete.attribute("type", "chat");
    }
    if (message.attribute("id") == null) {
      complete.attribute("id", id(answered, type, ids));
    }
    return complete.build();
  }

  /** Without a receiver a reply to a room's message goes to the room, and gets its type there. */
  private static boolean toRoom(Stanza answered, XmlElement message) {
    return ReplyAddresses.isGroupchat(answered) && message.attribute("to") == null;
  }

  /** An error has the id of what it is about (RFC 6120, 8.3.1). */
  private static @Nullable String id(Stanza answered, @Nullable String type, StanzaIds ids) {
    return "error".equals(type) ? answered.id() : ids.next();
  }
}
