package io.stanzahook.local;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Name and picture of a component and its addresses, in each of the ways in which clients ask:
 * vcard-temp (XEP-0054), vCard4 (XEP-0292), and as a personal eventing service would have avatar
 * (XEP-0084), vCard4 and nick (XEP-0172).
 *
 * <p>Clients learn of the picture by the hash in presence (XEP-0153), and of both by events. A
 * component does not see the presence of its contacts, and so not which events their clients want.
 * It sends these few to whoever asks for its presence, as headlines, which servers do not keep; to
 * other nodes one can subscribe (XEP-0060, 6.1).
 */
final class Face implements LocalService {
  static final String VCARD = "vcard-temp";
  static final String VCARD4 = "urn:ietf:params:xml:ns:vcard-4.0";
  static final String NICK = "http://jabber.org/protocol/nick";
  static final String PUBSUB = "http://jabber.org/protocol/pubsub";
  private static final String METADATA = "urn:xmpp:avatar:metadata";
  private static final String DATA = "urn:xmpp:avatar:data";
  private static final String UPDATE = "vcard-temp:x:update";
  private static final String EVENT = "http://jabber.org/protocol/pubsub#event";
  private static final String VCARD4_NODE = "urn:xmpp:vcard4";

  /** The nodes that have events. A picture's data is fetched by whoever reads of it. */
  private static final List<String> SUBSCRIBED = List.of(METADATA, NICK, VCARD4, VCARD4_NODE);

  private static final List<String> FEATURES = List.of(VCARD, VCARD4, PUBSUB);

  /** An item of a node. */
  private record Item(String id, XmlElement content) {}

  private final XmlElement vcard;
  private final XmlElement vcard4;
  private final Map<String, Item> nodes = new TreeMap<>();
  private final List<XmlElement> presence;
  private final Subscribers subscribers;

  /** The nodes whose items contacts are told of. */
  private final List<String> told = new ArrayList<>();

  private Face(String name, @Nullable Avatar avatar, Subscribers subscribers) {
    this.subscribers = subscribers;
    XmlElement.Builder old =
        XmlElement.builder(VCARD, "vCard")
            .textChild(VCARD, "FN", name)
            .textChild(VCARD, "NICKNAME", name);
    XmlElement.Builder recent =
        XmlElement.builder(VCARD4, "vcard")
            .child(property("fn", "text", name))
            .child(property("nickname", "text", name));
    List<XmlElement> said = new ArrayList<>();
    XmlElement nick = XmlElement.text(NICK, "nick", name);
    said.add(nick);
    nodes.put(NICK, new Item("current", nick));
    if (!name.equals(LocalSettings.DEFAULT_NAME)) {
      told.add(NICK);
    }
    if (avatar != null) {
      old.child(
          XmlElement.builder(VCARD, "PHOTO")
              .textChild(VCARD, "TYPE", avatar.type())
              .textChild(VCARD, "BINVAL", avatar.base64())
              .build());
      recent.child(
          property("photo", "uri", "data:" + avatar.type() + ";base64," + avatar.base64()));
      nodes.put(DATA, new Item(avatar.sha1(), XmlElement.text(DATA, "data", avatar.base64())));
      nodes.put(METADATA, new Item(avatar.sha1(), metadata(avatar)));
      told.add(METADATA);
      said.add(XmlElement.builder(UPDATE, "x").textChild(UPDATE, "photo", avatar.sha1()).build());
    }
    vcard = old.build();
    vcard4 = recent.build();
    nodes.put(VCARD4, new Item("current", vcard4));
    // Older clients ask for the XEP's own name.
    nodes.put(VCARD4_NODE, new Item("current", vcard4));
    presence = List.copyOf(said);
  }

  /**
   * The face of these settings; null if they say nothing about one.
   *
   * @param subscribers gets those who subscribe
   */
  static @Nullable Face of(LocalSettings settings, Subscribers subscribers) {
    return settings.avatar() == null && settings.name().equals(LocalSettings.DEFAULT_NAME)
        ? null
        : new Face(settings.name(), settings.avatar(), subscribers);
  }

  /**
   * What somebody is told who asked for the presence of an address of ours.
   *
   * @param who their address, as they asked from it
   */
  List<OutboundStanza> events(Jid who, Jid ours) {
    List<OutboundStanza> events = new ArrayList<>();
    for (String node : told) {
      Item item = nodes.get(node);
      if (item != null) {
        events.add(event(new Subscribers.Subscription(node, who, ours.bare()), item));
      }
    }
    return events;
  }

  /** What those who know us are to hear of a change: the items that are new. */
  static List<OutboundStanza> events(
      LocalSettings before, LocalSettings after, Remembered remembered) {
    Face was = of(before, remembered.subscribers());
    Face is = of(after, remembered.subscribers());
    List<Subscribers.Subscription> all = remembered.subscribers().all();
    for (Contacts.Contact each : remembered.contacts().all()) {
      for (String node : List.of(NICK, METADATA)) {
        if ((was != null && was.told.contains(node)) || (is != null && is.told.contains(node))) {
          all.add(new Subscribers.Subscription(node, each.who(), each.ours().bare()));
        }
      }
    }
    List<OutboundStanza> events = new ArrayList<>();
    for (Subscribers.Subscription each : all) {
      Item old = was == null ? null : was.nodes.get(each.node());
      Item item = is == null ? null : is.nodes.get(each.node());
      if (item == null && old != null && each.node().equals(METADATA)) {
        // No picture any more (XEP-0084, 3.4).
        item = new Item("", XmlElement.empty(METADATA, "metadata"));
      }
      if (item != null && !item.equals(old)) {
        events.add(event(each, item));
      }
    }
    return events;
  }

  private static OutboundStanza event(Subscribers.Subscription to, Item item) {
    XmlElement.Builder element = XmlElement.builder(EVENT, "item");
    if (!item.id().isEmpty()) {
      element.attribute("id", item.id());
    }
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.MESSAGE, to.who(), to.ours())
            .attribute("type", "headline")
            .attribute("id", Long.toHexString(ThreadLocalRandom.current().nextLong()))
            .child(
                XmlElement.builder(EVENT, "event")
                    .child(
                        XmlElement.builder(EVENT, "items")
                            .attribute("node", to.node())
                            .child(element.child(item.content()).build())
                            .build())
                    .build())
            .build());
  }

  private static XmlElement property(String name, String type, String value) {
    return XmlElement.builder(VCARD4, name).textChild(VCARD4, type, value).build();
  }

  private static XmlElement metadata(Avatar avatar) {
    return XmlElement.builder(METADATA, "metadata")
        .child(
            XmlElement.builder(METADATA, "info")
                .attribute("bytes", Integer.toString(avatar.size()))
                .attribute("height", Integer.toString(avatar.height()))
                .attribute("id", avatar.sha1())
                .attribute("type", avatar.type())
                .attribute("width", Integer.toString(avatar.width()))
                .build())
        .build();
  }

  /** What service discovery announces because of it. */
  static List<String> features() {
    return FEATURES;
  }

  @Override
  public List<XmlElement> presence() {
    return presence;
  }

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    if (!(stanza instanceof Iq iq) || !iq.isWellFormedRequest()) {
      return null;
    }
    if (!"get".equals(iq.type())) {
      return iq.hasPayload(PUBSUB, "pubsub") ? subscription(iq) : null;
    }
    if (iq.hasPayload(VCARD, "vCard")) {
      return List.of(OutboundStanza.result(iq, vcard));
    }
    if (iq.hasPayload(VCARD4, "vcard")) {
      return List.of(OutboundStanza.result(iq, vcard4));
    }
    return iq.hasPayload(PUBSUB, "pubsub") ? node(iq) : null;
  }

  private static @Nullable XmlElement asked(Iq iq, String name) {
    try {
      XmlElement pubsub = iq.xml().parse(XmlLimits.INBOUND).child(PUBSUB, "pubsub");
      return pubsub == null ? null : pubsub.child(PUBSUB, name);
    } catch (XmlException e) {
      return null;
    }
  }

  /** Begins or ends a subscription; null for anything else. */
  private @Nullable List<OutboundStanza> subscription(Iq set) {
    XmlElement begins = asked(set, "subscribe");
    XmlElement asked = begins == null ? asked(set, "unsubscribe") : begins;
    String node = asked == null ? null : asked.attribute("node");
    if (asked == null || node == null || !SUBSCRIBED.contains(node)) {
      return null;
    }
    Jid who = Jid.parse(asked.attribute("jid"));
    if (who == null || !who.bare().isSame(set.from().bare())) {
      OutboundStanza error =
          OutboundStanza.error(
              set, ErrorCondition.BAD_REQUEST.error("You can subscribe only yourself."));
      return error == null ? List.of() : List.of(error);
    }
    Subscribers.Subscription subscription =
        new Subscribers.Subscription(node, who, set.to().bare());
    if (begins == null) {
      subscribers.remove(subscription);
      return List.of(OutboundStanza.result(set, null));
    }
    subscribers.add(subscription);
    OutboundStanza done =
        OutboundStanza.result(
            set,
            XmlElement.builder(PUBSUB, "pubsub")
                .child(
                    XmlElement.builder(PUBSUB, "subscription")
                        .attribute("node", node)
                        .attribute("jid", who.toString())
                        .attribute("subscription", "subscribed")
                        .build())
                .build());
    Item item = nodes.get(node);
    return item == null ? List.of(done) : List.of(done, event(subscription, item));
  }

  private @Nullable List<OutboundStanza> node(Iq get) {
    XmlElement asked = asked(get, "items");
    String node = asked == null ? null : asked.attribute("node");
    Item item = node == null ? null : nodes.get(node);
    if (asked == null || item == null) {
      // An avatar's nodes are the face's, also where it has no picture.
      return DATA.equals(node) || METADATA.equals(node) ? notFound(get) : null;
    }
    List<XmlElement> wanted = asked.elements();
    boolean has =
        wanted.isEmpty()
            || wanted.stream().anyMatch(each -> item.id().equals(each.attribute("id")));
    if (!has) {
      return notFound(get);
    }
    return List.of(
        OutboundStanza.result(
            get,
            XmlElement.builder(PUBSUB, "pubsub")
                .child(
                    XmlElement.builder(PUBSUB, "items")
                        .attribute("node", node)
                        .child(
                            XmlElement.builder(PUBSUB, "item")
                                .attribute("id", item.id())
                                .child(item.content())
                                .build())
                        .build())
                .build()));
  }

  private static List<OutboundStanza> notFound(Iq get) {
    OutboundStanza error =
        OutboundStanza.error(get, ErrorCondition.ITEM_NOT_FOUND.error("There is no such item."));
    return error == null ? List.of() : List.of(error);
  }
}
