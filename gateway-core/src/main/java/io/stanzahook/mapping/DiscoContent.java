package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The identities and features of an entity (XEP-0030, 3): {@code true} or the node in a request, an
 * object in its result. Further data (XEP-0128) is in {@code extensions}, by the forms' {@code
 * FORM_TYPE}.
 */
final class DiscoContent implements Content {
  private static final String FORM_TYPE = "FORM_TYPE";

  private static final List<Field> FIELDS =
      List.of(
          Fields.attribute("node", Value.TEXT),
          Fields.childrenOrNone(
              "identities",
              null,
              "identity",
              Contents.object(
                  List.of("category", "type"),
                  null,
                  Fields.attribute("category", Value.TEXT),
                  Fields.attribute("type", Value.TEXT),
                  Fields.attribute("name", Value.TEXT))),
          Fields.childrenOrNone("features", null, "feature", Contents.attribute("var")),
          new Extensions());

  @Override
  public Shape shape() {
    return new Shape.Special(
        "`true`, a node, or `{node, identities, features, extensions}`",
        List.of("boolean", "string", "object"));
  }

  @Override
  public String outline() {
    return "{node @, identities [<identity> @…], features [<feature> @var], extensions {forms}}";
  }

  @Override
  public JsonNode read(XmlElement element, @Nullable String lang) {
    if (element.elements().isEmpty()) {
      return Contents.nodeOrTrue(element);
    }
    return Contents.read(FIELDS, element, lang);
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (value.isObject()) {
      Contents.writeAll(FIELDS, value, spot, element);
    } else if (value.isString() && !Contents.isOn(value)) {
      element.attribute("node", value.stringValue());
    } else if (!Contents.isOn(value)) {
      throw spot.mustBe("true, a node or an object", value);
    }
  }

  private static final class Extensions implements Field {
    @Override
    public String name() {
      return "extensions";
    }

    @Override
    public Shape shape() {
      return new Shape.Special("values by `FORM_TYPE` and field", List.of("object"));
    }

    @Override
    public String place() {
      return "<x xmlns='" + DataForm.NAMESPACE + "'>";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      ObjectNode extensions = JsonNodeFactory.instance.objectNode();
      for (XmlElement form : holder.elements()) {
        if (form.is(DataForm.NAMESPACE, "x")) {
          ObjectNode data = FormData.read(form);
          JsonNode type = data.remove(FORM_TYPE);
          JsonNode name = type != null && type.isArray() ? type.get(0) : type;
          if (name != null && name.isString()) {
            extensions.set(name.stringValue(), data);
          }
        }
      }
      return extensions.isEmpty() ? null : extensions;
    }

    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
        throws MappingException {
      if (!value.isObject()) {
        throw spot.mustBe("an object", value);
      }
      for (String type : value.propertyNames()) {
        JsonNode data = value.get(type);
        Spot at = spot.at(type);
        at.attempt(() -> holder.child(form(type, data, at)));
      }
    }

    private static XmlElement form(String type, JsonNode data, Spot spot) throws MappingException {
      if (!data.isObject()) {
        throw spot.mustBe("an object", data);
      }
      ObjectNode form = JsonNodeFactory.instance.objectNode();
      form.put(FORM_TYPE, type);
      data.propertyStream().forEach(e -> form.set(e.getKey(), e.getValue()));
      return FormData.write(form, "result", spot);
    }
  }
}
