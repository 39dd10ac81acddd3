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

/** Makes a stanza, with the type and id of a reply, of a reply in mod_rest's mapping. */
final class MappedReply {
  private MappedReply() {}

  /**
   * The stanza, without the defaults of its addresses.
   *
   * @param answersIq whether it answers an iq request. If so, a reply without a kind is an iq
   * @param dropped receives the parts that cannot be written. The rest is sent
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

  /** Without a receiver, a reply to a message of a room goes to the room, which sets its type. */
  private static boolean toRoom(Stanza answered, XmlElement message) {
    return ReplyAddresses.isGroupchat(answered) && message.attribute("to") == null;
  }

  /** An error has the id of the stanza that it is about (RFC 6120, 8.3.1). */
  private static @Nullable String id(Stanza answered, @Nullable String type, StanzaIds ids) {
    return "error".equals(type) ? answered.id() : ids.next();
  }
}
