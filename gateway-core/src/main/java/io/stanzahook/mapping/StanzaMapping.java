package io.stanzahook.mapping;

import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Converts stanzas to JSON objects and back, with the mapping of Prosody's mod_rest. Parts of a
 * stanza without a property in the mapping are not in the object. Use the XML of the stanza for
 * them.
 *
 * <p>Any thread may call it.
 */
public final class StanzaMapping {
  private static final String AVAILABLE = "available";
  private static final String ERROR = "error";

  private static final Map<String, StanzaKind> KIND_BY_TYPE =
      Map.ofEntries(
          Map.entry("get", StanzaKind.IQ),
          Map.entry("set", StanzaKind.IQ),
          Map.entry("result", StanzaKind.IQ),
          Map.entry("normal", StanzaKind.MESSAGE),
          Map.entry("chat", StanzaKind.MESSAGE),
          Map.entry("headline", StanzaKind.MESSAGE),
          Map.entry("groupchat", StanzaKind.MESSAGE),
          Map.entry(AVAILABLE, StanzaKind.PRESENCE),
          Map.entry("unavailable", StanzaKind.PRESENCE),
          Map.entry("probe", StanzaKind.PRESENCE),
          Map.entry("subscribe", StanzaKind.PRESENCE),
          Map.entry("subscribed", StanzaKind.PRESENCE),
          Map.entry("unsubscribe", StanzaKind.PRESENCE),
          Map.entry("unsubscribed", StanzaKind.PRESENCE));

  /** The types of an iq that is not a get. */
  private static final List<String> SETS = List.of("archive", "command");

  /** Older clients of mod_rest say it for {@code muc}. */
  private static final String JOIN = "join";

  private StanzaMapping() {}

  /** All properties of the mapping, in the order of the documentation. */
  public static List<MappedProperty> properties() {
    return MappingTable.all();
  }

  /**
   * The object of a stanza.
   *
   * @param stanza a message, presence or iq of any content namespace
   * @throws IllegalArgumentException if it is none
   */
  public static ObjectNode toJson(XmlElement stanza) {
    return toJson(stanza, null);
  }

  /**
   * The object of a stanza. If a text comes in several languages, the object has the one in the
   * stanza's language or without a language, else the first.
   *
   * @param stanza a message, presence or iq of any content namespace
   * @param lang the language of a stanza that names none, which is that of its stream; null for
   *     none
   * @throws IllegalArgumentException if it is none
   */
  public static ObjectNode toJson(XmlElement stanza, @Nullable String lang) {
    StanzaKind kind = StanzaKind.ofElement(stanza.name());
    if (kind == null) {
      throw new IllegalArgumentException("<" + stanza.name() + "> is not a stanza");
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", kind.elementName());
    if (kind == StanzaKind.PRESENCE && stanza.attribute("type") == null) {
      json.put("type", AVAILABLE);
    }
    Contents.readAll(MappingTable.of(kind), stanza, Language.of(stanza, lang), json);
    if (ERROR.equals(stanza.attribute("type")) && !json.has(ERROR)) {
      json.putObject(ERROR).put("condition", ErrorContent.UNDEFINED);
    }
    return json;
  }

  /**
   * The stanza of an object, in the component's namespace. It has only the addresses that the
   * object names, and they are not checked. Any fault is refused. Unknown properties are refused
   * too, because they may be mistyped.
   *
   * @param byDefault the kind if {@code kind}, {@code type} and the payload do not tell it
   * @throws MappingException naming the property that is wrong, and why
   */
  public static XmlElement toStanza(ObjectNode json, StanzaKind byDefault) throws MappingException {
    return stanza(json, byDefault, Spot.top(null));
  }

  /**
   * The stanza of an object, as {@link #toStanza(ObjectNode, StanzaKind)}; but unknown properties
   * are left out, as in mod_rest, and so are parts that cannot be written, so that the rest is not
   * lost.
   *
   * @param broken receives what is wrong with each part that is left out, up to {@value
   *     Spot#MAX_BROKEN}
   * @throws MappingException if one of the stanza's attributes is wrong, or nothing is left
   */
  public static XmlElement toStanza(ObjectNode json, StanzaKind byDefault, List<String> broken)
      throws MappingException {
    return stanza(json, byDefault, Spot.top(broken));
  }

  private static XmlElement stanza(ObjectNode json, StanzaKind byDefault, Spot top)
      throws MappingException {
    ObjectNode object = json.deepCopy();
    StanzaKind kind = kind(object, byDefault);
    object.remove("kind");
    String type = type(object, kind);
    if (type == null) {
      object.remove("type");
    } else {
      object.put("type", type);
    }
    if (kind == StanzaKind.PRESENCE) {
      join(object);
    } else if (kind == StanzaKind.IQ) {
      ArchiveQuestion.spellOut(object, top);
    }
    List<Field> fields = MappingTable.of(kind);
    checkKnown(object, kind, fields, top);
    XmlElement.Builder stanza = XmlElement.builder(Namespaces.COMPONENT, kind.elementName());
    ObjectNode attributes = JsonNodeFactory.instance.objectNode();
    for (Field attribute : MappingTable.attributes()) {
      JsonNode value = object.remove(attribute.name());
      if (value != null) {
        attributes.set(attribute.name(), value);
      }
    }
    // Addresses and types are never guessed.
    Contents.writeAll(MappingTable.attributes(), attributes, Spot.top(null), stanza);
    Contents.writeAll(fields, object, top, stanza);
    XmlElement written = stanza.build();
    List<String> broken = top.broken();
    if (broken != null && !broken.isEmpty() && written.elements().isEmpty()) {
      throw new MappingException(broken.get(0));
    }
    return ERROR.equals(type) && written.child(Namespaces.COMPONENT, ERROR) == null
        ? written.toBuilder().child(ErrorContent.unsaid(Namespaces.COMPONENT)).build()
        : written;
  }

  private static StanzaKind kind(ObjectNode object, StanzaKind byDefault) throws MappingException {
    String given = string(object, "kind");
    if (given != null) {
      StanzaKind kind = StanzaKind.ofElement(given);
      if (kind == null) {
        throw Spot.top(null).at("kind").wrong("must be one of message, presence, iq");
      }
      return kind;
    }
    String type = string(object, "type");
    StanzaKind byType = type == null ? null : KIND_BY_TYPE.get(type);
    if (byType != null) {
      return byType;
    }
    if (isThere(object, "archive")) {
      return StanzaKind.IQ;
    }
    for (MappedProperty row : MappingTable.all()) {
      String name = row.property().name();
      if (row.kinds().size() == 1 && isThere(object, name) && kindsOf(name).size() == 1) {
        return row.kinds().iterator().next();
      }
    }
    return isThere(object, JOIN) ? StanzaKind.PRESENCE : byDefault;
  }

  private static List<StanzaKind> kindsOf(String name) {
    List<StanzaKind> kinds = new ArrayList<>(StanzaKind.values().length);
    for (MappedProperty row : MappingTable.all()) {
      if (row.property().name().equals(name)) {
        kinds.addAll(row.kinds());
      }
    }
    return kinds;
  }

  private static @Nullable String type(ObjectNode object, StanzaKind kind) throws MappingException {
    String given = string(object, "type");
    if (isThere(object, "error")) {
      if (given != null && !given.equals("error")) {
        throw Spot.top(null).at("type").wrong("must be 'error' if there is an 'error'");
      }
      return "error";
    }
    if (kind == StanzaKind.PRESENCE && AVAILABLE.equals(given)) {
      return null;
    }
    if (kind != StanzaKind.IQ || given != null) {
      return given;
    }
    return SETS.stream().anyMatch(name -> isThere(object, name)) ? "set" : "get";
  }

  private static void join(ObjectNode object) {
    JsonNode join = object.remove(JOIN);
    if (join != null && Contents.isOn(join) && !isThere(object, "muc")) {
      object.putObject("muc");
    }
  }

  private static void checkKnown(ObjectNode object, StanzaKind kind, List<Field> fields, Spot top)
      throws MappingException {
    List<String> known = Fields.names(fields);
    for (String name : List.copyOf(object.propertyNames())) {
      if (known.contains(name)) {
        continue;
      }
      if (!top.strict()) {
        object.remove(name);
        continue;
      }
      List<StanzaKind> kinds = kindsOf(name);
      throw top.unknown(
          name,
          kinds.isEmpty()
              ? null
              : "is for kind '%s', not '%s'"
                  .formatted(kinds.get(0).elementName(), kind.elementName()));
    }
  }

  private static boolean isThere(ObjectNode object, String name) {
    return !Contents.isAbsent(object.get(name));
  }

  private static @Nullable String string(ObjectNode object, String name) throws MappingException {
    JsonNode value = object.get(name);
    if (Contents.isAbsent(value)) {
      return null;
    }
    if (!value.isString()) {
      throw Spot.top(null).at(name).mustBe("text", value);
    }
    return value.stringValue();
  }
}
