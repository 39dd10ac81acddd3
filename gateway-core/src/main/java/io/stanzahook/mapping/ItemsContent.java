package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The items of an entity (XEP-0030, 4): {@code true} or the node in a request, an array in its
 * result.
 */
final class ItemsContent implements Content {
  private static final Field NODE = Fields.attribute("node", Value.TEXT);
  private static final Field ITEMS =
      Fields.children(
          "items",
          null,
          "item",
          Contents.object(
              List.of("jid"),
              "jid",
              Fields.attribute("jid", Value.TEXT),
              Fields.attribute("node", Value.TEXT),
              Fields.attribute("name", Value.TEXT)));

  @Override
  public Shape shape() {
    return new Shape.Special(
        "`true`, a node, `{node}`, or an array of `{jid, node, name}`",
        List.of("boolean", "string", "object", "array"));
  }

  @Override
  public String outline() {
    return "@node, or [<item> {jid @, node @, name @}]";
  }

  @Override
  public JsonNode read(XmlElement element, @Nullable String lang) {
    if (element.elements().isEmpty()) {
      return Contents.nodeOrTrue(element);
    }
    JsonNode items = ITEMS.read(element, lang);
    return items == null ? JsonNodeFactory.instance.arrayNode() : items;
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (value.isArray()) {
      ITEMS.write(value, spot, element);
    } else if (value.isObject()) {
      Contents.writeAll(List.of(NODE), value, spot, element);
    } else if (value.isString() && !Contents.isOn(value)) {
      element.attribute("node", value.stringValue());
    } else if (!Contents.isOn(value)) {
      throw spot.mustBe("true, a node, an object or an array", value);
    }
  }
}
