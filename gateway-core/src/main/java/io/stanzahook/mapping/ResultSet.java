package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A page of a long result (XEP-0059); {@code index} is an attribute of {@code <first>} there. */
final class ResultSet implements Content {
  private static final List<Field> FIELDS =
      List.of(
          Fields.child("after", Contents.TEXT),
          Fields.child("before", Contents.TEXT),
          Fields.child("count", Contents.text(Value.COUNT)),
          Fields.child("last", Contents.TEXT),
          Fields.child("max", Contents.text(Value.COUNT)));
  private static final Field FIRST = Fields.child("first", Contents.TEXT);
  private static final Field INDEX = Fields.attribute("index", Value.COUNT);

  @Override
  public Shape shape() {
    List<Property> all = new ArrayList<>(FIELDS);
    all.add(FIRST);
    all.add(INDEX);
    return new Shape.Fields(all, List.of());
  }

  @Override
  public String outline() {
    return "{after, before, count, first, index <first> @, last, max}";
  }

  @Override
  public JsonNode read(XmlElement element, @Nullable String lang) {
    ObjectNode page = Contents.read(FIELDS, element, lang);
    XmlElement first = element.child(element.namespace(), "first");
    if (first != null) {
      page.put("first", first.text());
      Contents.readAll(List.of(INDEX), first, lang, page);
    }
    return page;
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (!value.isObject()) {
      throw spot.mustBe("an object", value);
    }
    ObjectNode rest = ((ObjectNode) value).deepCopy();
    JsonNode first = rest.remove("first");
    JsonNode index = rest.remove("index");
    if (!Contents.isAbsent(first) || !Contents.isAbsent(index)) {
      XmlElement.Builder child = XmlElement.builder(element.namespace(), "first");
      if (!Contents.isAbsent(index)) {
        INDEX.write(index, spot.at("index"), child);
      }
      if (!Contents.isAbsent(first)) {
        child.text(Value.TEXT.write(first, spot.at("first")));
      }
      element.child(child.build());
    }
    Contents.writeAll(FIELDS, rest, spot, element);
  }
}
