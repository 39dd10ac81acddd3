package io.stanzahook.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlWriter;
import java.util.ArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Objects made of the table itself: each row, and any of them together, survives XML. */
class RoundTripTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Property(tries = 100)
  void eachRowSurvives(@ForAll long seed) throws Exception {
    MappedObjects objects = new MappedObjects(seed);
    for (MappedProperty row : StanzaMapping.properties()) {
      for (StanzaKind kind : row.kinds()) {
        ObjectNode json = start(kind);
        json.set(row.property().name(), objects.value(row.property()));
        survives(kind, complete(json));
      }
    }
  }

  @Property(tries = 1_000)
  void aWholeStanzaSurvives(@ForAll long seed) throws Exception {
    MappedObjects objects = new MappedObjects(seed);
    for (StanzaKind kind : StanzaKind.values()) {
      ObjectNode json = start(kind);
      objects
          .object(MappingTable.of(kind))
          .propertyStream()
          .forEach(e -> json.set(e.getKey(), e.getValue()));
      survives(kind, complete(json));
    }
  }

  @Property(tries = 20_000)
  void anyObjectIsAStanzaOrRefused(@ForAll long seed) {
    ObjectNode json = new MappedObjects(seed).nonsense();
    for (boolean strict : new boolean[] {true, false}) {
      try {
        XmlElement stanza =
            strict
                ? StanzaMapping.toStanza(json, StanzaKind.MESSAGE)
                : StanzaMapping.toStanza(json, StanzaKind.MESSAGE, new ArrayList<>());
        assertThat(StanzaKind.ofElement(stanza.name())).isNotNull();
        StanzaMapping.toJson(stanza);
      } catch (MappingException e) {
        assertThat(e.getMessage()).startsWith("property '").doesNotContain("\n");
      }
    }
  }

  private static void survives(StanzaKind kind, ObjectNode json) throws Exception {
    XmlElement written = StanzaMapping.toStanza(json, kind);
    // Over the wire, so that it is XML that survives, and not our own tree.
    String xml = XmlWriter.write(written).replaceFirst(" xmlns='jabber:component:accept'", "");
    XmlElement read = ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.OUTBOUND));
    ObjectNode back = StanzaMapping.toJson(read);
    // As text: a number is one number, whatever class holds it.
    assertThat(reread(back)).isEqualTo(reread(json));
    assertThat(StanzaMapping.toStanza(back, kind)).isEqualTo(written);
  }

  private static JsonNode reread(JsonNode json) {
    return JSON.readTree(JSON.writeValueAsString(json));
  }

  private static ObjectNode start(StanzaKind kind) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", kind.elementName());
    return json;
  }

  /** What the mapping itself adds, and what cannot stand beside each other. */
  private static ObjectNode complete(ObjectNode json) {
    String kind = json.get("kind").stringValue();
    if (json.has("error")) {
      json.put("type", "error");
    } else if (!json.has("type") && kind.equals("iq")) {
      json.put("type", json.has("command") || json.has("archive") ? "set" : "get");
    } else if (!json.has("type") && kind.equals("presence")) {
      json.put("type", "available");
    }
    JsonNode oob = json.get("oob");
    if (!kind.equals("message")) {
      return json;
    }
    // One element, whose URL is in both.
    json.remove("oob_url");
    if (oob != null && oob.has("url")) {
      json.set("oob_url", oob.get("url"));
    }
    return json;
  }
}
