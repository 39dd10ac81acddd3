package io.stanzahook.local;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Name and picture of a component and its addresses, in each of the ways in which clients ask:
 * vcard-temp (XEP-0054), vCard4 (XEP-0292), and as a personal eventing service would have avatar
 * (XEP-0084), vCard4 and nick (XEP-0172). A component cannot push events to subscribers, so clients
 * learn of the picture by the hash in presence (XEP-0153).
 */
final class Face implements LocalService {
  static final String VCARD = "vcard-temp";
  static final String VCARD4 = "urn:ietf:params:xml:ns:vcard-4.0";
  static final String NICK = "http://jabber.org/protocol/nick";
  static final String PUBSUB = "http://jabber.org/protocol/pubsub";
  private static final String METADATA = "urn:xmpp:avatar:metadata";
  private static final String DATA = "urn:xmpp:avatar:data";
  private static final String UPDATE = "vcard-temp:x:update";

  private static final List<String> FEATURES = List.of(VCARD, VCARD4, PUBSUB);

  /** An item of a node. */
  private record Item(String id, XmlElement content) {}

  private final XmlElement vcard;
  private final XmlElement vcard4;
  private final Map<String, Item> nodes = new TreeMap<>();
  private final List<XmlElement> presence;

  private Face(String name, @Nullable Avatar avatar) {
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
      said.add(XmlElement.builder(UPDATE, "x").textChild(UPDATE, "photo", avatar.sha1()).build());
    }
    vcard = old.build();
    vcard4 = recent.build();
    nodes.put(VCARD4, new Item("current", vcard4));
    // Older clients ask for the XEP's own name.
    nodes.put("urn:xmpp:vcard4", new Item("current", vcard4));
    presence = List.copyOf(said);
  }

  /** The face of these settings; null if they say nothing about one. */
  static @Nullable Face of(LocalSettings settings) {
    return settings.avatar() == null && settings.name().equals(LocalSettings.DEFAULT_NAME)
        ? null
        : new Face(settings.name(), settings.avatar());
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
    if (!(stanza instanceof Iq iq) || !iq.isWellFormedRequest() || !"get".equals(iq.type())) {
      return null;
    }
    if (iq.hasPayload(VCARD, "vCard")) {
      return List.of(OutboundStanza.result(iq, vcard));
    }
    if (iq.hasPayload(VCARD4, "vcard")) {
      return List.of(OutboundStanza.result(iq, vcard4));
    }
    return iq.hasPayload(PUBSUB, "pubsub") ? node(iq) : null;
  }

  private @Nullable List<OutboundStanza> node(Iq get) {
    XmlElement asked;
    try {
      XmlElement pubsub = get.xml().parse(XmlLimits.INBOUND).child(PUBSUB, "pubsub");
      asked = pubsub == null ? null : pubsub.child(PUBSUB, "items");
    } catch (XmlException e) {
      return null;
    }
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
