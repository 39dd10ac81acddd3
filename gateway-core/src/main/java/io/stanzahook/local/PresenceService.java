package io.stanzahook.local;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Presence of an always-on component (RFC 6121, 3 and 4): every address under the domain accepts
 * subscriptions and is available as one fixed resource, the domain itself without one. Who asked is
 * remembered only to be told of changes, because servers repeat requests, and probe when they want
 * to know.
 */
final class PresenceService implements LocalService {
  /** The resource that bare addresses are available as. */
  static final String RESOURCE = "default";

  private final List<XmlElement> said;
  private final Contacts contacts;
  private final @Nullable Face face;

  /**
   * Announces its addresses.
   *
   * @param said what their presence carries: capabilities, unless the webhook answers the queries
   *     that clients would send next; name and picture
   * @param contacts gets those who ask
   * @param face whose events they get; null for none
   */
  PresenceService(List<XmlElement> said, Contacts contacts, @Nullable Face face) {
    this.said = List.copyOf(said);
    this.contacts = contacts;
    this.face = face;
  }

  /** Presence of an address of ours that somebody knows already, and that has changed. */
  static OutboundStanza available(Jid to, Jid from, List<XmlElement> said) {
    XmlElement.Builder presence =
        OutboundStanza.builder(StanzaKind.PRESENCE, to, from).attribute("id", newId());
    add(said, from, presence);
    return OutboundStanza.of(presence.build());
  }

  private static String newId() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    if (!(stanza instanceof Presence presence)) {
      return null;
    }
    String type = presence.type();
    if (type == null) {
      return joinsRoom(presence) ? refuseRoom(presence) : List.of();
    }
    Jid ours = availableAs(presence.to().bare());
    return switch (type) {
      case "subscribe" -> {
        contacts.add(presence.from(), ours);
        yield withFace(
            presence.from().bare(), ours, List.of(subscribed(presence), own(presence, null)));
      }
      case "unsubscribe" -> {
        contacts.remove(presence.from(), ours);
        yield List.of(own(presence, "unavailable"));
      }
      case "probe" -> {
        contacts.add(presence.from(), ours);
        yield withFace(presence.from(), ours, List.of(probed(presence)));
      }
      default -> List.of();
    };
  }

  private List<OutboundStanza> withFace(Jid who, Jid ours, List<OutboundStanza> answers) {
    if (face == null) {
      return answers;
    }
    List<OutboundStanza> all = new ArrayList<>(answers);
    all.addAll(face.events(who, ours));
    return all;
  }

  private static OutboundStanza subscribed(Presence request) {
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.PRESENCE, request.from().bare(), request.to().bare())
            .attribute("type", "subscribed")
            .attribute("id", request.id())
            .build());
  }

  /** Presence that follows a change of subscription: not an answer, so with an id of its own. */
  private OutboundStanza own(Presence request, @Nullable String type) {
    Jid from = availableAs(request.to().bare());
    XmlElement.Builder presence =
        OutboundStanza.builder(StanzaKind.PRESENCE, request.from().bare(), from)
            .attribute("type", type)
            .attribute("id", newId());
    return OutboundStanza.of((type == null ? withSaid(presence, from) : presence).build());
  }

  /** To the exact sender: servers probe from full addresses too and match the answer by it. */
  private OutboundStanza probed(Presence probe) {
    Jid from = availableAs(probe.to());
    return OutboundStanza.of(
        withSaid(
                OutboundStanza.builder(StanzaKind.PRESENCE, probe.from(), from)
                    .attribute("id", probe.id()),
                from)
            .build());
  }

  private XmlElement.Builder withSaid(XmlElement.Builder presence, Jid available) {
    add(said, available, presence);
    return presence;
  }

  /** The domain is no client: whoever wants to know what it can do asks it. */
  private static void add(List<XmlElement> said, Jid available, XmlElement.Builder presence) {
    for (XmlElement each : said) {
      if (!each.namespace().equals(Namespaces.CAPS) || !available.isDomain()) {
        presence.child(each);
      }
    }
  }

  private static Jid availableAs(Jid address) {
    return address.isBare() && !address.isDomain() ? address.withResource(RESOURCE) : address;
  }

  private static boolean joinsRoom(Presence presence) {
    return presence.hasPayload(Namespaces.MUC, "x");
  }

  private static List<OutboundStanza> refuseRoom(Presence join) {
    OutboundStanza error =
        OutboundStanza.error(
            join, ErrorCondition.SERVICE_UNAVAILABLE.error("There are no chat rooms here."));
    return error == null ? List.of() : List.of(error);
  }
}
