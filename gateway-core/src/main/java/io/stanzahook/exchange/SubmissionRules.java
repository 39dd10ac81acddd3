package io.stanzahook.exchange;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaIds;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlSize;
import org.jspecify.annotations.Nullable;

/**
 * Checks stanzas from the send API by the rules for replies, so that none of them can harm the
 * stream.
 *
 * <p>Any thread may call it.
 */
public final class SubmissionRules {
  private final ReplyAddresses addresses;
  private final StanzaIds ids = new StanzaIds();

  /**
   * Rules for a component.
   *
   * @param domain its domain, as configured
   */
  public SubmissionRules(String domain) {
    this.addresses = new ReplyAddresses(domain);
  }

  /**
   * The address that it comes from: the one that it names, or else the default. This is stricter
   * than for replies, because no server has used this address yet.
   */
  public Jid from(XmlElement stanza, Jid byDefault) throws RefusedStanzaException {
    try {
      return addresses.preparedFrom(stanza.attribute("from"), byDefault);
    } catch (RefusedReplyException e) {
      throw new RefusedStanzaException(e.dropped());
    }
  }

  /**
   * The stanza as it is sent: with an id, and with no attributes but those of stanzas.
   *
   * @param from whom it comes from, in the component's domain
   * @throws RefusedStanzaException naming what is wrong
   */
  public OutboundStanza check(XmlElement stanza, Jid from) throws RefusedStanzaException {
    try {
      return checked(SuppliedStanza.of(stanza), from);
    } catch (RefusedReplyException e) {
      throw new RefusedStanzaException(e.dropped());
    }
  }

  private OutboundStanza checked(SuppliedStanza supplied, Jid from) throws RefusedReplyException {
    XmlElement element = supplied.element();
    String to = element.attribute("to");
    if (to == null) {
      throw new RefusedReplyException(Reason.INVALID, "'to' is missing: whom is it for?");
    }
    String type = element.attribute("type");
    if (supplied.kind() == StanzaKind.IQ) {
      checkRequest(element, type);
    }
    boolean subscription =
        supplied.kind() == StanzaKind.PRESENCE
            && type != null
            && ReplyRules.SUBSCRIPTION_TYPES.contains(type);
    String id = element.attribute("id");
    XmlElement.Builder complete =
        OutboundStanza.builder(
                supplied.kind(),
                addresses.to(to, from),
                // RFC 6121, 3.1: subscriptions are between bare addresses.
                subscription ? from.bare() : from)
            .attribute("type", type)
            .attribute("id", id == null || id.isEmpty() ? ids.next() : id)
            .attribute(
                XmlElement.XML_NAMESPACE,
                "lang",
                element.attribute(XmlElement.XML_NAMESPACE, "lang"));
    element.children().forEach(complete::node);
    XmlElement built = complete.build();
    if (XmlSize.exceeds(built, Namespaces.COMPONENT, ReplyRules.MAX_STANZA_BYTES)) {
      throw new RefusedReplyException(
          Reason.TOO_LARGE,
          "the stanza would have more than " + ReplyRules.MAX_STANZA_BYTES + " bytes");
    }
    return OutboundStanza.of(built);
  }

  private static void checkRequest(XmlElement iq, @Nullable String type)
      throws RefusedReplyException {
    if (!"get".equals(type) && !"set".equals(type)) {
      throw SuppliedStanza.bad("an iq that is sent has type 'get' or 'set'");
    }
    if (iq.children().size() != 1) {
      throw SuppliedStanza.bad("an iq of type '" + type + "' has exactly one payload");
    }
  }
}
