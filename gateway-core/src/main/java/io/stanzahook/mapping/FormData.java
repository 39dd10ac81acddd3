package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Only the values of a data form, as an object with the names and values of the fields. */
final class FormData {
  private static final String FORM_TYPE = "FORM_TYPE";

  private FormData() {}

  /** The values by the names of their fields, {@code FORM_TYPE} among them. */
  static ObjectNode read(XmlElement form) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    for (XmlElement field : form.elements()) {
      String name = field.attribute("var");
      if (name != null && field.is(form.namespace(), "field")) {
        data.set(name, value(field));
      }
    }
    return data;
  }

  private static JsonNode value(XmlElement field) {
    ArrayNode values = DataForm.values(field);
    String type = field.attribute("type");
    JsonNode first = values.isEmpty() ? JsonNodeFactory.instance.nullNode() : values.get(0);
    return switch (type == null ? "" : type) {
      case "", "list-single", "list-multi", "jid-multi" -> values;
      case "boolean" ->
          JsonNodeFactory.instance.booleanNode(
              first.asString("").equals("1") || first.asString("").equals("true"));
      case "text-multi" -> DataForm.lines(values);
      default -> first;
    };
  }

  /** XEP-0004, 3.3: only a text of several lines has more than one value. */
  private static @Nullable String type(String name, JsonNode value) {
    return name.equals(FORM_TYPE) ? "hidden" : isLines(value) ? "text-multi" : null;
  }

  private static boolean isLines(JsonNode value) {
    return value.isString() && value.stringValue().indexOf('\n') >= 0;
  }

  /** A form with those values. */
  static XmlElement write(JsonNode data, String type, Spot spot) throws MappingException {
    if (!data.isObject()) {
      throw spot.mustBe("an object", data);
    }
    XmlElement.Builder form = XmlElement.builder(DataForm.NAMESPACE, "x").attribute("type", type);
    for (String name : data.propertyNames()) {
      XmlElement.Builder field =
          XmlElement.builder(DataForm.NAMESPACE, "field")
              .attribute("var", name)
              .attribute("type", type(name, data.get(name)));
      JsonNode value = data.get(name);
      DataForm.writeValues(
          isLines(value) ? DataForm.cut(value.stringValue()) : value, spot.at(name), field);
      form.child(field.build());
    }
    return form.build();
  }
}
