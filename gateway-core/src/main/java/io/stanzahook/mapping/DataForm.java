package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A data form (XEP-0004). A field has {@code value}, a text or an array of texts, as in mod_rest's
 * {@code dataform}; or {@code values}, always an array, as in its {@code archive.form}.
 */
final class DataForm implements Content {
  static final String NAMESPACE = "jabber:x:data";

  private static final List<String> SEVERAL = List.of("jid-multi", "list-multi");
  private static final List<String> LISTS = List.of("list-single", "list-multi");
  private static final String LINES = "text-multi";

  private static final Field TYPE =
      Fields.attribute("type", Value.oneOf("cancel", "form", "result", "submit"));
  private static final Field TITLE = Fields.child("title", Contents.TEXT);
  private static final Field INSTRUCTIONS = Fields.child("instructions", Contents.TEXT);

  private static final Field FIELD_TYPE =
      Fields.attribute(
          "type",
          Value.oneOf(
              "boolean",
              "fixed",
              "hidden",
              "jid-multi",
              "jid-single",
              "list-multi",
              "list-single",
              "text-multi",
              "text-private",
              "text-single"));

  private static final List<Field> OF_FIELD =
      List.of(
          Fields.attribute("var", Value.TEXT),
          FIELD_TYPE,
          Fields.attribute("label", Value.TEXT),
          Fields.child("desc", Contents.TEXT),
          Fields.child("required", Contents.MARK));

  private static final Field OPTIONS =
      Fields.children(
          "options",
          null,
          "option",
          Contents.object(
              List.of("value"),
              "value",
              Fields.attribute("label", Value.TEXT),
              Fields.child("value", Contents.TEXT)));

  private final List<Field> form;

  /**
   * A form.
   *
   * @param values whether the values of a field are read as {@code values}
   */
  DataForm(boolean values) {
    this.form =
        List.of(
            TYPE,
            TITLE,
            INSTRUCTIONS,
            Fields.childrenOrNone("fields", null, "field", new FormField(values)));
  }

  @Override
  public Shape shape() {
    return new Shape.Fields(List.copyOf(form), List.of());
  }

  @Override
  public String outline() {
    return "{type @, title, instructions, fields […]}";
  }

  @Override
  public JsonNode read(XmlElement element, @Nullable String lang) {
    return Contents.read(form, element, lang);
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (!value.isObject()) {
      throw spot.mustBe("an object", value);
    }
    Contents.writeAll(form, value, spot, element);
  }

  /** The texts of a field's {@code <value>} elements. */
  static ArrayNode values(XmlElement field) {
    ArrayNode values = JsonNodeFactory.instance.arrayNode();
    for (XmlElement child : field.elements()) {
      if (child.is(field.namespace(), "value")) {
        values.add(child.text());
      }
    }
    return values;
  }

  /** The values as the lines of one text. */
  static JsonNode lines(ArrayNode values) {
    return JsonNodeFactory.instance.stringNode(
        values.valueStream().map(JsonNode::stringValue).collect(Collectors.joining("\n")));
  }

  /** The lines of a text as values. */
  static ArrayNode cut(String text) {
    ArrayNode lines = JsonNodeFactory.instance.arrayNode();
    for (String line : text.split("\n", -1)) {
      lines.add(line);
    }
    return lines;
  }

  /** Adds {@code <value>} elements: one for a scalar, one each for an array of them. */
  static void writeValues(JsonNode value, Spot spot, XmlElement.Builder field)
      throws MappingException {
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        writeValue(value.get(i), spot.at(i), field);
      }
    } else if (!value.isNull()) {
      writeValue(value, spot, field);
    }
  }

  private static void writeValue(JsonNode value, Spot spot, XmlElement.Builder field)
      throws MappingException {
    // XEP-0004, 3.3: a boolean is written as 0 or 1.
    String text =
        value.isBoolean() ? (value.booleanValue() ? "1" : "0") : Value.TEXT.write(value, spot);
    field.textChild(field.namespace(), "value", text);
  }

  private record FormField(boolean inValues) implements Content {
    @Override
    public Shape shape() {
      List<Property> all = new ArrayList<>(OF_FIELD);
      all.add(inValues ? VALUES : VALUE);
      all.add(OPTIONS);
      return new Shape.Fields(all, List.of());
    }

    @Override
    public String outline() {
      return "…";
    }

    @Override
    public JsonNode read(XmlElement element, @Nullable String lang) {
      ObjectNode field = Contents.read(OF_FIELD, element, lang);
      JsonNode value = value(element, field.path("type").asString(""));
      if (value != null) {
        field.set(inValues ? "values" : "value", value);
      }
      JsonNode options = OPTIONS.read(element, lang);
      if (options != null) {
        field.set("options", options);
      } else if (LISTS.contains(field.path("type").asString(""))) {
        field.putArray("options");
      }
      return field;
    }

    private @Nullable JsonNode value(XmlElement element, String type) {
      ArrayNode values = values(element);
      if (inValues) {
        return values.isEmpty() ? null : values;
      }
      if (SEVERAL.contains(type)) {
        return values;
      }
      if (type.equals(LINES)) {
        return lines(values);
      }
      return values.size() > 1 ? values : values.get(0);
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder element)
        throws MappingException {
      if (!json.isObject()) {
        throw spot.mustBe("an object", json);
      }
      List<Field> all = new ArrayList<>(OF_FIELD);
      all.add(VALUE);
      all.add(VALUES);
      all.add(OPTIONS);
      JsonNode value = json.get("value");
      if (LINES.equals(json.path("type").asString("")) && value != null && value.isString()) {
        ObjectNode cut = ((ObjectNode) json).deepCopy();
        cut.set("value", cut(value.stringValue()));
        Contents.writeAll(all, cut, spot, element);
      } else {
        Contents.writeAll(all, json, spot, element);
      }
    }
  }

  private static final Field VALUE =
      new ValueField(
          "value", new Shape.Special("text, or an array of texts", List.of("string", "array")));
  private static final Field VALUES = new ValueField("values", new Shape.Many(new Shape.Text()));

  /** Written here, read by the field, which knows its type. */
  private record ValueField(String name, Shape shape) implements Field {
    @Override
    public String place() {
      return "[<value> #]";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      return null;
    }

    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
        throws MappingException {
      writeValues(value, spot, holder);
    }
  }
}
