package io.stanzahook.mapping;

import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What chats have beside text, as the default format has it: replies to a message, reactions,
 * files, chat states, receipts, markers, invitations. One table for requests and for replies.
 *
 * <p>Any thread may call it.
 */
public final class ChatProperties {
  private static final String REPLY = "urn:xmpp:reply:0";
  private static final String REACTIONS = "urn:xmpp:reactions:0";
  private static final String OOB = "jabber:x:oob";
  private static final String MARKERS = "urn:xmpp:chat-markers:0";
  private static final String CONFERENCE = "jabber:x:conference";

  private static final Set<StanzaKind> MESSAGE = Set.of(StanzaKind.MESSAGE);
  private static final Set<String> STATES =
      Set.of("active", "composing", "paused", "inactive", "gone");

  /** The property with the address of a file. */
  public static final String URL = "url";

  private static final String CHAT_STATE = "chat_state";

  private static final Field STATE =
      Fields.nameOfChild(
          CHAT_STATE,
          Namespaces.CHAT_STATES,
          Value.oneOf("active", "composing", "paused", "inactive", "gone"));

  private static final List<MappedProperty> BOTH_WAYS =
      List.of(
          row(
              "answer to a message, XEP-0461",
              Fields.child(
                  "reply_to",
                  REPLY,
                  "reply",
                  Contents.object(
                      List.of("id"),
                      "id",
                      Fields.attribute("id", Value.TEXT),
                      Fields.attribute("to", Value.TEXT)))),
          row(
              "reactions, XEP-0444; an empty list takes them back",
              Fields.child(
                  "reactions",
                  REACTIONS,
                  "reactions",
                  Contents.object(
                      List.of("id"),
                      null,
                      Fields.attribute("id", Value.TEXT),
                      Fields.childrenOrNone("emojis", null, "reaction", Contents.TEXT)))),
          row("address of a file or picture, XEP-0066", new OobUrl(URL)),
          row("chat state, XEP-0085", STATE),
          row(
              "id of the message that was received, XEP-0184",
              Fields.child("receipt", Namespaces.RECEIPTS, "received", Contents.attribute("id"))),
          row("id of the message that was displayed, XEP-0333", new Marker()),
          row("invitation to a room, XEP-0249 and XEP-0045", new Invitation()));

  /** Requests have it from {@link Delay}. */
  private static final MappedProperty STAMP =
      row(
          "when it was sent, XEP-0203",
          new Stamp(Fields.child("delay", Delay.NAMESPACE, "delay", Contents.attribute("stamp"))));

  private static final List<Field> READ =
      BOTH_WAYS.stream().map(row -> (Field) row.property()).toList();

  private static final List<Field> WRITTEN =
      Stream.concat(READ.stream(), Stream.of((Field) STAMP.property())).toList();

  private static final Set<String> NAMES = Set.copyOf(Fields.names(WRITTEN));

  private ChatProperties() {}

  private static MappedProperty row(String about, Field field) {
    return new MappedProperty(field, MESSAGE, about);
  }

  /** All of them, in the order of the documentation. */
  public static List<MappedProperty> properties() {
    return Stream.concat(BOTH_WAYS.stream(), Stream.of(STAMP)).toList();
  }

  /** Whether a reply may have a property of this name. */
  public static boolean has(String name) {
    return NAMES.contains(name);
  }

  /**
   * Those of a message, but for {@code delay}; null if it has none. The message is read as a tree
   * only if it has one of them other than a chat state.
   */
  public static @Nullable ObjectNode of(Message message) {
    List<PayloadName> payloads = message.payloads();
    String state = null;
    // By index: an iterator for each message is garbage for nothing.
    for (int i = 0; i < payloads.size(); i++) {
      PayloadName payload = payloads.get(i);
      if (isState(payload)) {
        state = state == null ? payload.name() : state;
      } else if (isRead(payload)) {
        return read(message);
      }
    }
    return state == null ? null : JsonNodeFactory.instance.objectNode().put(CHAT_STATE, state);
  }

  private static boolean isState(PayloadName payload) {
    return payload.namespace().equals(Namespaces.CHAT_STATES) && STATES.contains(payload.name());
  }

  private static boolean isRead(PayloadName payload) {
    return switch (payload.namespace()) {
      case REPLY, REACTIONS, OOB, CONFERENCE, Namespaces.MUC_USER -> true;
      case Namespaces.RECEIPTS -> payload.name().equals("received");
      case MARKERS -> payload.name().equals(Marker.DISPLAYED);
      default -> false;
    };
  }

  private static @Nullable ObjectNode read(Message message) {
    try {
      ObjectNode json = read(message.xml().parse(XmlLimits.INBOUND));
      return json.isEmpty() ? null : json;
    } catch (XmlException e) {
      // Larger than a tree may be: the stanza goes along whole, with all of them in it.
      return null;
    }
  }

  static ObjectNode read(XmlElement message) {
    return Contents.read(READ, message, null);
  }

  /**
   * Adds them to a message.
   *
   * @param json has no other properties
   * @throws MappingException naming the property that is wrong, and why
   */
  public static void write(ObjectNode json, XmlElement.Builder message) throws MappingException {
    Contents.writeAll(WRITTEN, json, Spot.top(null), message);
  }

  /** The message with that id was read. */
  private static final class Marker implements Field {
    static final String DISPLAYED = "displayed";

    private static final Field ID =
        Fields.child(DISPLAYED, MARKERS, DISPLAYED, Contents.attribute("id"));
    private static final Content CONTENT = Contents.object(List.of(DISPLAYED), null, ID);

    @Override
    public String name() {
      return "marker";
    }

    @Override
    public Shape shape() {
      return CONTENT.shape();
    }

    @Override
    public String place() {
      return CONTENT.outline();
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      JsonNode id = ID.read(holder, lang);
      return id == null ? null : JsonNodeFactory.instance.objectNode().set(DISPLAYED, id);
    }

    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
        throws MappingException {
      CONTENT.write(value, spot, holder);
    }
  }

  /**
   * An invitation: from a person directly, or through the room. What we write is a direct one, so
   * who invites is its sender, and {@code from} is only read.
   */
  private static final class Invitation implements Field {
    private static final Field ROOM = Fields.attribute("room", "", "jid", Value.TEXT);
    private static final Field REASON = Fields.attribute("reason", Value.TEXT);
    private static final Field PASSWORD = Fields.attribute("password", Value.TEXT);
    private static final Field FROM = Fields.attribute("from", Value.TEXT);
    private static final List<Field> DIRECT = List.of(ROOM, REASON, PASSWORD);
    private static final Content SHOWN =
        Contents.object(List.of("room"), "room", ROOM, FROM, REASON, PASSWORD);

    @Override
    public String name() {
      return "invite";
    }

    @Override
    public Shape shape() {
      return SHOWN.shape();
    }

    @Override
    public String place() {
      return "<x xmlns='" + CONFERENCE + "'> {room @jid, reason @, password @}";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      String from = holder.attribute("from");
      XmlElement room = holder.child(Namespaces.MUC_USER, "x");
      XmlElement invite = room == null ? null : room.child(Namespaces.MUC_USER, "invite");
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      if (room != null && invite != null) {
        Jid place = Jid.parse(from);
        if (place == null) {
          return null;
        }
        json.put("room", place.bare().toString());
        put(json, "from", invite.attribute("from"));
        put(json, "reason", text(invite, "reason"));
        put(json, "password", text(room, "password"));
        return json;
      }
      XmlElement direct = holder.child(CONFERENCE, "x");
      if (direct == null || direct.attribute("jid") == null) {
        return null;
      }
      Contents.readAll(DIRECT, direct, lang, json);
      put(json, "from", from);
      return json;
    }

    private static void put(ObjectNode json, String name, @Nullable String value) {
      if (value != null) {
        json.put(name, value);
      }
    }

    private static @Nullable String text(XmlElement holder, String name) {
      XmlElement child = holder.child(Namespaces.MUC_USER, name);
      return child == null ? null : child.text();
    }

    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
        throws MappingException {
      JsonNode room = value.isObject() ? value.get("room") : value;
      Jid jid = room != null && room.isString() ? Jid.parse(room.stringValue()) : null;
      if (jid == null || !jid.isBare()) {
        throw spot.wrong("needs 'room', the address of a room");
      }
      XmlElement.Builder invite = XmlElement.builder(CONFERENCE, "x");
      JsonNode written = value;
      if (value.isObject() && value.has("from")) {
        ObjectNode without = ((ObjectNode) value).deepCopy();
        without.remove("from");
        written = without;
      }
      if (written.isObject()) {
        Contents.writeAll(DIRECT, written, spot, invite);
      } else {
        ROOM.write(written, spot, invite);
      }
      holder.child(invite.build());
    }
  }

  /** A time as XEP-0082 has it. */
  private record Stamp(Field field) implements AliasField {
    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
        throws MappingException {
      try {
        var unused = OffsetDateTime.parse(value.asString(""));
      } catch (DateTimeException e) {
        throw spot.wrong("must be a time, such as 2026-03-01T12:00:00Z");
      }
      field.write(value, spot, holder);
    }
  }
}
