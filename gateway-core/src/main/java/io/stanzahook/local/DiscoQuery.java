package io.stanzahook.local;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import org.jspecify.annotations.Nullable;

/**
 * The common part of disco#info and disco#items (XEP-0030, 3.2, 4.2 and 7). The only node of the
 * component is the one of its capabilities. A query for another node is answered with
 * item-not-found. Both answers echo the node.
 */
final class DiscoQuery {
  private static final String NAME = "query";

  private static final StanzaError NO_SUCH_NODE =
      ErrorCondition.ITEM_NOT_FOUND.error("There is no such node.");

  private static final StanzaError UNREADABLE =
      ErrorCondition.POLICY_VIOLATION.error("The query is larger than allowed.");

  private DiscoQuery() {}

  /**
   * Answers a query.
   *
   * @param answer the payload of the result, if no node or the known node is asked for
   * @param knownNode the node that stands for the whole, or the empty string
   */
  static OutboundStanza answer(Iq get, String namespace, XmlElement answer, String knownNode) {
    String node;
    try {
      node = node(get, namespace);
    } catch (XmlException e) {
      return error(get, null, UNREADABLE);
    }
    if (node == null) {
      return OutboundStanza.result(get, answer);
    }
    if (node.isEmpty() || node.equals(knownNode)) {
      return OutboundStanza.result(get, answer.toBuilder().attribute("node", node).build());
    }
    return error(
        get, XmlElement.builder(namespace, NAME).attribute("node", node).build(), NO_SUCH_NODE);
  }

  private static @Nullable String node(Iq get, String namespace) throws XmlException {
    XmlElement query = get.xml().parse(XmlLimits.INBOUND).child(namespace, NAME);
    return query == null ? null : query.attribute("node");
  }

  private static OutboundStanza error(Iq get, @Nullable XmlElement query, StanzaError error) {
    return OutboundStanza.of(
        OutboundStanza.answer(get, "error").child(query).child(error.toElement()).build());
  }
}
