package io.stanzahook.mapping;

import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The mapping, row by row: the one place where it is declared. */
final class MappingTable {
  private static final String ARCHIVE = "urn:xmpp:mam:2";
  private static final String MARKERS = "urn:xmpp:chat-markers:0";
  private static final String RESULT_SET = "http://jabber.org/protocol/rsm";

  private static final Field PAGE = Fields.child("page", RESULT_SET, "set", new ResultSet());

  private static final Field DELAY =
      Fields.child("delay", "urn:xmpp:delay", "delay", Contents.attribute("stamp"));

  private static final Content FORWARDED =
      Contents.object(
          DELAY,
          Fields.child(
              "message",
              Namespaces.CLIENT,
              "message",
              Contents.object("{properties of a message}", MappingTable::ofMessage)));

  private static final List<MappedProperty> ALL;
  private static final Map<StanzaKind, List<Field>> BY_KIND;
  private static final List<Field> ATTRIBUTES;

  static {
    List<MappedProperty> rows = new ArrayList<>();
    every(rows, "RFC 6120, 8.1", Fields.attribute("type", Value.TEXT));
    every(rows, "RFC 6120, 8.1", Fields.attribute("to", Value.TEXT));
    every(rows, "RFC 6120, 8.1", Fields.attribute("from", Value.TEXT));
    every(rows, "RFC 6120, 8.1", Fields.attribute("id", Value.TEXT));
    every(
        rows,
        "RFC 6120, 8.1",
        Fields.attribute("lang", XmlElement.XML_NAMESPACE, "lang", Value.TEXT));
    every(rows, "RFC 6120, 8.3", Fields.child("error", new ErrorContent()));

    message(rows, "RFC 6121, 5.2", Fields.textByLanguage("subject"));
    message(rows, "RFC 6121, 5.2", Fields.textByLanguage("body"));
    message(
        rows,
        "RFC 6121, 5.2",
        Fields.child(
            "thread",
            Contents.object(
                List.of("id"),
                "id",
                Fields.text("id", Value.TEXT),
                Fields.attribute("parent", Value.TEXT))));
    message(
        rows,
        "chat state, XEP-0085",
        Fields.nameOfChild(
            "state",
            "http://jabber.org/protocol/chatstates",
            Value.oneOf("active", "inactive", "gone", "composing", "paused")));
    message(
        rows,
        "XHTML, XEP-0071",
        Fields.child("html", "http://jabber.org/protocol/xhtml-im", "html", new Html()));
    message(rows, "out of band data, XEP-0066", new OobUrl("oob_url"));
    message(
        rows,
        "out of band data, XEP-0066",
        Fields.child(
            "oob",
            "jabber:x:oob",
            "x",
            Contents.object(
                Fields.child("url", Contents.TEXT), Fields.child("desc", Contents.TEXT))));
    message(
        rows,
        "correction, XEP-0308",
        Fields.child("replace", Namespaces.CORRECT, "replace", Contents.attribute("id")));
    message(
        rows,
        "chat marker, XEP-0333",
        Fields.child("displayed", MARKERS, "displayed", Contents.attribute("id")));
    message(
        rows,
        "chat marker, XEP-0333",
        Fields.child("markable", MARKERS, "markable", Contents.MARK));
    message(
        rows,
        "encryption, XEP-0380",
        Fields.child(
            "encryption", "urn:xmpp:eme:0", "encryption", Contents.attribute("namespace")));
    message(
        rows,
        "fallback, XEP-0428",
        Fields.child("fallback", "urn:xmpp:fallback:0", "fallback", Contents.MARK));
    message(
        rows,
        "forwarding, XEP-0297",
        Fields.child("forwarded", "urn:xmpp:forward:0", "forwarded", FORWARDED));
    message(
        rows,
        "invitation to a room, XEP-0249",
        Fields.child(
            "invite",
            "jabber:x:conference",
            "x",
            Contents.object(
                List.of("jid"),
                null,
                Fields.attribute("jid", Value.TEXT),
                Fields.attribute("password", Value.TEXT),
                Fields.attribute("reason", Value.TEXT),
                Fields.attribute("continue", Value.TRUTH),
                Fields.attribute("thread", Value.TEXT))));
    message(
        rows,
        "occupant of a room, XEP-0421",
        Fields.child(
            "occupant_id", "urn:xmpp:occupant-id:0", "occupant-id", Contents.attribute("id")));
    message(
        rows,
        "reactions, XEP-0444",
        Fields.child(
            "reactions",
            "urn:xmpp:reactions:0",
            "reactions",
            Contents.object(
                Fields.attribute("id", Value.TEXT),
                Fields.childrenOrNone("reactions", null, "reaction", Contents.TEXT))));
    message(
        rows,
        "reference, XEP-0372",
        Fields.child(
            "reference",
            "urn:xmpp:reference:0",
            "reference",
            Contents.object(
                List.of("type", "uri"),
                null,
                Fields.attribute("begin", Value.COUNT),
                Fields.attribute("end", Value.COUNT),
                Fields.attribute("type", Value.TEXT),
                Fields.attribute("uri", Value.TEXT))));
    message(
        rows,
        "reply, XEP-0461",
        Fields.child(
            "reply",
            "urn:xmpp:reply:0",
            "reply",
            Contents.object(
                Fields.attribute("id", Value.TEXT), Fields.attribute("to", Value.TEXT))));
    message(
        rows,
        "stable ids, XEP-0359",
        Fields.children(
            "stanza_ids",
            "urn:xmpp:sid:0",
            "stanza-id",
            Contents.object(
                List.of("id", "by"),
                null,
                Fields.attribute("by", Value.TEXT),
                Fields.attribute("id", Value.TEXT))));
    message(
        rows,
        "attaching, XEP-0367",
        Fields.child(
            "attach_to", "urn:xmpp:message-attaching:1", "attach-to", Contents.attribute("id")));
    message(
        rows,
        "result of an archive query, XEP-0313",
        Fields.child(
            "archive",
            ARCHIVE,
            "result",
            Contents.object(
                Fields.attribute("id", Value.TEXT),
                Fields.attribute("queryid", Value.TEXT),
                Fields.child("forward", "urn:xmpp:forward:0", "forwarded", FORWARDED))));

    presence(
        rows,
        "RFC 6121, 4.7",
        Fields.child("show", Contents.text(Value.oneOf("away", "chat", "dnd", "xa"))));
    presence(rows, "RFC 6121, 4.7", Fields.textByLanguage("status"));
    presence(
        rows, "RFC 6121, 4.7", Fields.child("priority", Contents.text(Value.whole(-128, 127))));
    presence(
        rows,
        "joining a room, XEP-0045",
        Fields.child(
            "muc",
            Namespaces.MUC,
            "x",
            Contents.object(
                Fields.child(
                    "history",
                    Contents.object(
                        Fields.attribute("maxchars", Value.COUNT),
                        Fields.attribute("maxstanzas", Value.COUNT),
                        Fields.attribute("seconds", Value.COUNT),
                        Fields.attribute("since", Value.TEXT))))));
    presence(
        rows,
        "capabilities, XEP-0115",
        Fields.child(
            "caps",
            Namespaces.CAPS,
            "c",
            Contents.object(
                Fields.attribute("hash", Value.TEXT),
                Fields.attribute("node", Value.TEXT),
                Fields.attribute("ver", Value.TEXT),
                Fields.attribute("ext", Value.TEXT))));
    presence(
        rows,
        "idle since, XEP-0319",
        Fields.child("idle_since", "urn:xmpp:idle:1", "idle", Contents.attribute("since")));
    presence(
        rows,
        "avatar, XEP-0153",
        Fields.child(
            "vcard_update",
            "vcard-temp:x:update",
            "x",
            Contents.object(Fields.child("photo", Contents.TEXT))));

    IqRows.addTo(rows, PAGE);

    every(
        rows,
        "nickname, XEP-0172",
        Fields.child("nick", "http://jabber.org/protocol/nick", "nick", Contents.TEXT));
    every(
        rows,
        "JSON container, XEP-0432",
        Fields.child(
            "payload",
            "urn:xmpp:json-msg:0",
            "payload",
            Contents.object(
                List.of("datatype", "data"),
                null,
                Fields.attribute("datatype", Value.TEXT),
                new JsonPayload())));
    every(
        rows,
        "data form, XEP-0004",
        Fields.child("dataform", DataForm.NAMESPACE, "x", new DataForm(false)));
    every(rows, "result page, XEP-0059", Fields.child("rsm", RESULT_SET, "set", new ResultSet()));
    every(rows, "delayed delivery, XEP-0203", DELAY);

    ALL = List.copyOf(rows);
    Map<StanzaKind, List<Field>> byKind = new EnumMap<>(StanzaKind.class);
    for (StanzaKind kind : StanzaKind.values()) {
      byKind.put(
          kind,
          ALL.stream()
              .filter(row -> row.kinds().contains(kind))
              .map(row -> (Field) row.property())
              .toList());
    }
    BY_KIND = Map.copyOf(byKind);
    ATTRIBUTES =
        ALL.stream()
            .map(row -> (Field) row.property())
            .filter(field -> field.place().startsWith("@"))
            .toList();
  }

  private MappingTable() {}

  /** All rows, in the order in which they are written. */
  static List<MappedProperty> all() {
    return ALL;
  }

  /** The properties of a kind of stanza. */
  static List<Field> of(StanzaKind kind) {
    return BY_KIND.getOrDefault(kind, List.of());
  }

  /** The attributes of all stanzas. */
  static List<Field> attributes() {
    return ATTRIBUTES;
  }

  private static List<Field> ofMessage() {
    return of(StanzaKind.MESSAGE);
  }

  private static void every(List<MappedProperty> rows, String about, Field field) {
    rows.add(new MappedProperty(field, EnumSet.allOf(StanzaKind.class), about));
  }

  private static void message(List<MappedProperty> rows, String about, Field field) {
    rows.add(new MappedProperty(field, Set.of(StanzaKind.MESSAGE), about));
  }

  private static void presence(List<MappedProperty> rows, String about, Field field) {
    rows.add(new MappedProperty(field, Set.of(StanzaKind.PRESENCE), about));
  }
}
