package io.stanzahook.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * mod_rest's short form of an archive query (XEP-0313): the filters and the page are plain
 * properties of {@code archive}, instead of a form and a page.
 */
final class ArchiveQuestion {
  private static final List<String> SOUGHT =
      List.of("with", "start", "end", "before-id", "after-id", "ids");
  private static final List<String> PAGE = List.of("after", "before", "max");

  private ArchiveQuestion() {}

  /** Replaces the short form by the long one. */
  static void spellOut(ObjectNode object, Spot spot) throws MappingException {
    JsonNode value = object.get("archive");
    if (value == null || !value.isObject()) {
      return;
    }
    ObjectNode archive = (ObjectNode) value;
    if (SOUGHT.stream().anyMatch(archive::has)) {
      if (archive.has("form")) {
        throw spot.at("archive").wrong("has both a form and the properties that would make one");
      }
      ObjectNode form = archive.putObject("form");
      form.put("type", "submit");
      ArrayNode fields = form.putArray("fields");
      field(fields, "FORM_TYPE").add("urn:xmpp:mam:2");
      for (String name : SOUGHT) {
        add(archive.remove(name), name, fields, spot.at("archive").at(name));
      }
    }
    if (PAGE.stream().anyMatch(archive::has)) {
      ObjectNode page =
          archive.get("page") instanceof ObjectNode given ? given : archive.putObject("page");
      for (String name : PAGE) {
        JsonNode part = archive.remove(name);
        if (part != null) {
          page.set(name, part);
        }
      }
    }
  }

  private static void add(@Nullable JsonNode value, String name, ArrayNode fields, Spot spot)
      throws MappingException {
    if (value == null || value.isNull()) {
      return;
    }
    ArrayNode values = field(fields, name);
    if (value.isArray()) {
      values.addAll((ArrayNode) value);
    } else if (name.equals("ids")) {
      for (String id : Value.TEXT.write(value, spot).split(",", -1)) {
        values.add(id);
      }
    } else {
      values.add(Value.TEXT.write(value, spot));
    }
  }

  private static ArrayNode field(ArrayNode fields, String name) {
    ObjectNode field = fields.addObject();
    field.put("var", name);
    return field.putArray("values");
  }
}
