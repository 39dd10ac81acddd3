package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An ad-hoc command (XEP-0050). A string in its place is its node. */
final class CommandContent implements Content {
  private static final List<Field> FIELDS =
      List.of(
          Fields.attribute("node", Value.TEXT),
          Fields.attribute("action", Value.TEXT),
          Fields.attribute("sessionid", Value.TEXT),
          Fields.attribute("status", Value.TEXT),
          Fields.child(
              "actions",
              Contents.object(
                  Fields.attribute("execute", Value.TEXT),
                  Fields.child("prev", Contents.MARK),
                  Fields.child("next", Contents.MARK),
                  Fields.child("complete", Contents.MARK))),
          Fields.child(
              "note",
              Contents.object(
                  Fields.attribute("type", Value.TEXT), Fields.text("text", Value.TEXT))),
          Fields.child("form", DataForm.NAMESPACE, "x", new DataForm(false)));

  @Override
  public Shape shape() {
    List<Property> all = new ArrayList<>(FIELDS);
    all.add(DATA);
    return new Shape.Fields(all, List.of("node"));
  }

  @Override
  public String outline() {
    return "{node @, action @, sessionid @, status @, actions {…}, note {type @, text #}, form {…}}";
  }

  @Override
  public JsonNode read(XmlElement element, @Nullable String lang) {
    return Contents.read(FIELDS, element, lang);
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (value.isString()) {
      element.attribute("node", value.stringValue());
      return;
    }
    if (!value.isObject()) {
      throw spot.mustBe("a node or an object", value);
    }
    if (Contents.isAbsent(value.get("node"))) {
      throw spot.wrong("needs 'node'");
    }
    List<Field> all = new ArrayList<>(FIELDS);
    all.add(DATA);
    Contents.writeAll(all, value, spot, element);
  }

  /** Written only: mod_rest's short form of a form that is submitted. */
  private static final Field DATA =
      new Field() {
        @Override
        public String name() {
          return "data";
        }

        @Override
        public Shape shape() {
          return new Shape.Special("values by field, in place of `form`", List.of("object"));
        }

        @Override
        public String place() {
          return "<x xmlns='" + DataForm.NAMESPACE + "'>";
        }

        @Override
        public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
          return null;
        }

        @Override
        public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
            throws MappingException {
          holder.child(FormData.write(value, "submit", spot));
        }
      };
}
