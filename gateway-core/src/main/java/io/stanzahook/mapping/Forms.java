package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Data forms (XEP-0004) as JSON says them, and what is filled in. Any thread may call it. */
public final class Forms {
  /** The namespace of forms. */
  public static final String NAMESPACE = DataForm.NAMESPACE;

  /** The maximum number of fields of a form. */
  public static final int MAX_FIELDS = 50;

  private static final String FIELDS = "fields";
  private static final String FIELD_TYPE = "type";
  private static final Set<String> SEVERAL = Set.of("jid-multi", "list-multi");
  private static final Set<String> LISTS = Set.of("list-single", "list-multi");

  private Forms() {}

  /**
   * A form to fill in.
   *
   * @param json {@code fields}, an array with at least one, and {@code title} and {@code
   *     instructions} if wanted; other properties are ignored
   * @throws MappingException naming the property that is wrong, and why
   */
  public static XmlElement form(ObjectNode json) throws MappingException {
    Spot top = Spot.top(null);
    JsonNode fields = json.path(FIELDS);
    if (!fields.isArray() || fields.isEmpty() || fields.size() > MAX_FIELDS) {
      throw top.at(FIELDS).wrong("must be an array of 1 to %d fields".formatted(MAX_FIELDS));
    }
    ObjectNode form = JsonNodeFactory.instance.objectNode().put(FIELD_TYPE, "form");
    for (String name : List.of("title", "instructions")) {
      JsonNode text = json.get(name);
      if (!Contents.isAbsent(text)) {
        form.set(name, text);
      }
    }
    var all = form.putArray(FIELDS);
    for (int i = 0; i < fields.size(); i++) {
      Spot spot = top.at(FIELDS).at(i);
      if (!(fields.get(i) instanceof ObjectNode field)) {
        throw spot.mustBe("an object", fields.get(i));
      }
      all.add(complete(field, spot));
    }
    XmlElement.Builder x = XmlElement.builder(NAMESPACE, "x");
    new DataForm(false).write(form, top, x);
    return x.build();
  }

  private static ObjectNode complete(ObjectNode given, Spot spot) throws MappingException {
    ObjectNode field = given.deepCopy();
    if (!field.has(FIELD_TYPE)) {
      field.put(FIELD_TYPE, field.has("options") ? "list-single" : "text-single");
    }
    String type = field.path(FIELD_TYPE).asString("");
    if (!type.equals("fixed") && field.path("var").asString("").isEmpty()) {
      throw spot.wrong("needs 'var'");
    }
    if (LISTS.contains(type) && field.path("options").isEmpty()) {
      throw spot.wrong("needs 'options'");
    }
    if (field.get("options") instanceof ArrayNode options) {
      // Some clients show nothing for an option without a label.
      for (int i = 0; i < options.size(); i++) {
        JsonNode option = options.get(i);
        ObjectNode labelled =
            option instanceof ObjectNode object
                ? object
                : JsonNodeFactory.instance.objectNode().set("value", option);
        if (!labelled.has("label") && labelled.path("value").isValueNode()) {
          labelled.set("label", labelled.get("value"));
        }
        options.set(i, labelled);
      }
    }
    JsonNode required = field.get("required");
    if (required != null && required.isBoolean() && !required.booleanValue()) {
      field.remove("required");
    }
    return field;
  }

  /** The types of a form's fields, by their names. */
  public static Map<String, String> types(XmlElement form) {
    Map<String, String> types = new LinkedHashMap<>();
    for (XmlElement field : form.elements()) {
      String name = field.attribute("var");
      String type = field.attribute(FIELD_TYPE);
      if (field.is(NAMESPACE, "field") && name != null) {
        types.put(name, type == null ? "text-single" : type);
      }
    }
    return types;
  }

  /**
   * What was filled in, of the fields that the form has: a truth, a list of texts, or a text.
   *
   * @param types of the form's fields
   */
  public static Map<String, Object> values(XmlElement submitted, Map<String, String> types) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (XmlElement field : submitted.elements()) {
      String name = field.attribute("var");
      String type = name == null ? null : types.get(name);
      if (name == null || type == null || type.equals("fixed")) {
        continue;
      }
      List<String> texts = new ArrayList<>();
      for (JsonNode text : DataForm.values(field)) {
        texts.add(text.stringValue());
      }
      if (SEVERAL.contains(type)) {
        values.put(name, List.copyOf(texts));
      } else if (type.equals("boolean")) {
        values.put(name, !texts.isEmpty() && List.of("1", "true").contains(texts.get(0)));
      } else if (!texts.isEmpty()) {
        values.put(name, String.join("\n", texts));
      }
    }
    return values;
  }

  /** The labels of required fields that are not filled in. */
  public static List<String> missing(XmlElement form, Map<String, Object> values) {
    List<String> missing = new ArrayList<>();
    for (XmlElement field : form.elements()) {
      String name = field.attribute("var");
      if (name != null && field.child(NAMESPACE, "required") != null && isEmpty(values.get(name))) {
        String label = field.attribute("label");
        missing.add(label == null ? name : label);
      }
    }
    return missing;
  }

  private static boolean isEmpty(@Nullable Object value) {
    return value == null || value.equals("") || value.equals(List.of());
  }
}
