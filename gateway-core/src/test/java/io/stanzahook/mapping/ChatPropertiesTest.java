package io.stanzahook.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlWriter;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Made of the table itself: what a reply says is what a request would say of it. */
class ChatPropertiesTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Property(tries = 500)
  void whatIsWrittenIsReadAgain(@ForAll long seed) throws Exception {
    ObjectNode json =
        new MappedObjects(seed)
            .object(ChatProperties.properties().stream().map(MappedProperty::property).toList());
    // Requests have it from elsewhere, and it is a time.
    json.remove("delay");
    if (json.get("invite") instanceof ObjectNode invite) {
      invite.put("room", "ops@rooms.example.org");
      // Who invites is who sends the message.
      invite.remove("from");
    }

    ObjectNode read = ChatProperties.read(wired(message(json)));

    assertThat(JSON.readTree(JSON.writeValueAsString(read)))
        .isEqualTo(JSON.readTree(JSON.writeValueAsString(json)));
  }

  @Property(tries = 2_000)
  void whateverIsGivenIsWrittenOrRefused(@ForAll long seed) {
    ObjectNode nonsense = new MappedObjects(seed).nonsense();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    List<String> names =
        ChatProperties.properties().stream().map(row -> row.property().name()).toList();
    int i = 0;
    for (var value : nonsense) {
      json.set(names.get(Math.floorMod(seed + i++, names.size())), value);
    }
    try {
      ChatProperties.read(wired(message(json)));
    } catch (MappingException e) {
      assertThat(e.getMessage()).startsWith("property '").doesNotContain("\n");
    }
  }

  private static XmlElement message(ObjectNode json) throws MappingException {
    XmlElement.Builder message =
        XmlElement.builder("jabber:component:accept", StanzaKind.MESSAGE.elementName());
    ChatProperties.write(json, message);
    return message.build();
  }

  private static XmlElement wired(XmlElement message) {
    String xml = XmlWriter.write(message).replaceFirst(" xmlns='jabber:component:accept'", "");
    try {
      return ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.OUTBOUND));
    } catch (io.stanzahook.xml.XmlException e) {
      throw new AssertionError(xml, e);
    }
  }
}
