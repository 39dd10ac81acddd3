package io.stanzahook.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our mapping beside what the real mod_rest gave for the same stanzas (scripts/record-mod-rest),
 * and each of them back and forth.
 */
class ModRestMappingTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** Where we give another object, and why. */
  private static final Map<String, String> DIFFERENT =
      Map.of(
          "payload", "mod_rest fails on the <json> element that XEP-0432 demands",
          "archive result", "mod_rest looks for the index in a child that XEP-0059 does not have",
          "gateway", "this mod_rest did not know desc",
          "lastactivity asked", "no status where there is none",
          "block", "this mod_rest did not know it",
          "blocklist", "this mod_rest did not know it");

  static Stream<JsonNode> recorded() throws Exception {
    try (InputStream in =
        ModRestMappingTest.class.getResourceAsStream("/mod_rest/recording.json")) {
      return JSON.readTree(in).valueStream().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void givesTheObjectThatModRestGives(JsonNode entry) throws Exception {
    String name = entry.path("name").stringValue();
    ObjectNode json = StanzaMapping.toJson(stanza(entry));
    // mod_rest invents an id where there is none.
    ObjectNode theirs = entry.path("json").isObject() ? (ObjectNode) entry.get("json") : null;
    if (theirs != null && !json.has("id")) {
      theirs.remove("id");
    }
    if (DIFFERENT.containsKey(name)) {
      assertThat(plain(json)).as(name).isNotEqualTo(plain(theirs));
    } else {
      assertThat(plain(json)).as(name).isEqualTo(plain(theirs));
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void givesTheStanzaBack(JsonNode entry) throws Exception {
    XmlElement stanza = stanza(entry);
    ObjectNode json = StanzaMapping.toJson(stanza);
    XmlElement back = StanzaMapping.toStanza(json, StanzaKind.PRESENCE);
    String name = entry.path("name").stringValue();
    switch (name) {
      // What no property stands for is lost, and only that.
      case "receipt asked for", "unknown" ->
          assertThat(shape(back)).isEqualTo(shape(without(stanza, "urn:xmpp:receipts", "urn:x")));
      case "encryption" -> assertThat(StanzaMapping.toJson(back)).isEqualTo(json);
      // The types of a form's fields are not in the values.
      case "disco" -> assertThat(shape(StanzaMapping.toJson(back))).isEqualTo(shape(json));
      // Written as XEP-0039 has it, in units.
      case "stats" -> assertThat(plain(StanzaMapping.toJson(back))).isEqualTo(plain(json));
      case "payload of text" -> assertThat(StanzaMapping.toJson(back)).isEqualTo(json);
      default -> assertThat(shape(back)).as(name).isEqualTo(shape(stanza));
    }
  }

  @Test
  void differencesAreOfRecordedStanzas() throws Exception {
    Set<String> names = new HashSet<>();
    recorded().forEach(entry -> names.add(entry.path("name").stringValue()));
    assertThat(names).containsAll(DIFFERENT.keySet()).hasSizeGreaterThan(70);
  }

  private static XmlElement stanza(JsonNode entry) throws Exception {
    return ContentNamespace.adopt(
        XmlParser.parse(entry.path("stanza").stringValue(), XmlLimits.INBOUND));
  }

  private static XmlElement without(XmlElement stanza, String... namespaces) {
    XmlElement.Builder rest = XmlElement.builder(stanza.namespace(), stanza.name());
    stanza.attributes().forEach(a -> rest.attribute(a.namespace(), a.name(), a.value()));
    stanza.elements().stream()
        .filter(child -> !Set.of(namespaces).contains(child.namespace()))
        .forEach(rest::child);
    return rest.build();
  }

  /** The tree, where neither attributes nor elements of different names have an order. */
  private static Object shape(XmlElement element) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", element.namespace() + " " + element.name());
    Map<String, String> attributes = new TreeMap<>();
    element.attributes().forEach(a -> attributes.put(a.namespace() + " " + a.name(), a.value()));
    shape.put("attributes", attributes);
    shape.put("text", element.elements().isEmpty() ? element.text() : "");
    Map<String, java.util.List<Object>> children = new TreeMap<>();
    for (XmlElement child : element.elements()) {
      children
          .computeIfAbsent(
              child.namespace() + " " + child.name(), name -> new java.util.ArrayList<>())
          .add(shape(child));
    }
    shape.put("children", children);
    return shape;
  }

  /** Without the fields of forms, whose values become arrays. */
  private static Object shape(ObjectNode json) {
    ObjectNode copy = json.deepCopy();
    ((ObjectNode) copy.get("disco")).remove("extensions");
    return copy;
  }

  /** Numbers by their value: 3054635 and 3054635.0 are one. */
  private static Object plain(JsonNode node) {
    if (node == null || node.isMissingNode()) {
      return "nothing";
    }
    if (node.isObject()) {
      Map<String, Object> map = new TreeMap<>();
      node.propertyStream().forEach(e -> map.put(e.getKey(), plain(e.getValue())));
      return map;
    }
    if (node.isArray()) {
      return node.valueStream().map(ModRestMappingTest::plain).toList();
    }
    return node.isNumber() ? new BigDecimal(node.asString()).stripTrailingZeros() : node;
  }
}
