package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The places of values. A null namespace is that of the surrounding element. */
final class Fields {
  private Fields() {}

  /** In the attribute with the property's name. */
  static Field attribute(String name, Value value) {
    return new InAttribute(name, "", name, value);
  }

  /** In that attribute. */
  static Field attribute(String name, String namespace, String attribute, Value value) {
    return new InAttribute(name, namespace, attribute, value);
  }

  /** In the element's text. */
  static Field text(String name, Value value) {
    return new InText(name, value);
  }

  /** In a child with the property's name and the surrounding namespace. */
  static Field child(String name, Content content) {
    return new InChild(name, null, name, content);
  }

  /** In that child. */
  static Field child(String name, @Nullable String namespace, String element, Content content) {
    return new InChild(name, namespace, element, content);
  }

  /**
   * In the text of a child with the property's name. There may be one for each language (RFC 6121,
   * 5.2.3): the one in the language of the element or without a language counts, else the first.
   */
  static Field textByLanguage(String name) {
    return new InLanguage(name, null);
  }

  /** In the text of a child with that namespace, see {@link #textByLanguage(String)}. */
  static Field textByLanguage(String name, String namespace) {
    return new InLanguage(name, namespace);
  }

  /** In all such children. */
  static Field children(String name, @Nullable String namespace, String element, Content content) {
    return new InChildren(name, namespace, element, content, false);
  }

  /** In all such children; an empty array if there are none. */
  static Field childrenOrNone(
      String name, @Nullable String namespace, String element, Content content) {
    return new InChildren(name, namespace, element, content, true);
  }

  /** In the name of a child with that namespace. */
  static Field nameOfChild(String name, String namespace, Value names) {
    return new InName(name, namespace, names);
  }

  private static String tag(@Nullable String namespace, String element) {
    return namespace == null ? "<" + element + ">" : "<" + element + " xmlns='" + namespace + "'>";
  }

  private static boolean is(
      XmlElement child, XmlElement holder, @Nullable String namespace, String element) {
    return child.is(namespace == null ? holder.namespace() : namespace, element);
  }

  private static XmlElement.Builder start(
      XmlElement.Builder holder, @Nullable String namespace, String element) {
    return XmlElement.builder(namespace == null ? holder.namespace() : namespace, element);
  }

  private record InAttribute(String name, String namespace, String attribute, Value value)
      implements Field {
    @Override
    public Shape shape() {
      return value.shape();
    }

    @Override
    public String place() {
      return namespace.equals(XmlElement.XML_NAMESPACE) ? "@xml:" + attribute : "@" + attribute;
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      String text = holder.attribute(namespace, attribute);
      return text == null ? null : value.read(text);
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder holder) throws MappingException {
      holder.attribute(namespace, attribute, value.write(json, spot));
    }
  }

  private record InText(String name, Value value) implements Field {
    @Override
    public Shape shape() {
      return value.shape();
    }

    @Override
    public String place() {
      return "#";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      String text = holder.text();
      return text.isEmpty() ? null : value.read(text);
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder holder) throws MappingException {
      holder.text(value.write(json, spot));
    }
  }

  private record InChild(String name, @Nullable String namespace, String element, Content content)
      implements Field {
    @Override
    public Shape shape() {
      return content.shape();
    }

    @Override
    public String place() {
      return (tag(namespace, element) + " " + content.outline()).strip();
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      for (XmlElement child : holder.elements()) {
        if (is(child, holder, namespace, element)) {
          JsonNode value = content.read(child, Language.of(child, lang));
          if (value != null) {
            return value;
          }
        }
      }
      return null;
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder holder) throws MappingException {
      if (content.shape() instanceof Shape.Mark && Contents.isOff(json)) {
        return;
      }
      XmlElement.Builder child = start(holder, namespace, element);
      content.write(json, spot, child);
      holder.child(child.build());
    }
  }

  private record InLanguage(String name, @Nullable String namespace) implements Field {
    @Override
    public Shape shape() {
      return Value.TEXT.shape();
    }

    @Override
    public String place() {
      return tag(namespace, name) + " #";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      XmlElement child =
          Language.chosen(holder, namespace == null ? holder.namespace() : namespace, name, lang);
      return child == null ? null : Value.TEXT.read(child.text());
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder holder) throws MappingException {
      holder.child(start(holder, namespace, name).text(Value.TEXT.write(json, spot)).build());
    }
  }

  private record InChildren(
      String name, @Nullable String namespace, String element, Content content, boolean always)
      implements Field {
    @Override
    public Shape shape() {
      return new Shape.Many(content.shape());
    }

    @Override
    public String place() {
      return "[" + (tag(namespace, element) + " " + content.outline()).strip() + "]";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      ArrayNode values = JsonNodeFactory.instance.arrayNode();
      for (XmlElement child : holder.elements()) {
        JsonNode value =
            is(child, holder, namespace, element)
                ? content.read(child, Language.of(child, lang))
                : null;
        if (value != null) {
          values.add(value);
        }
      }
      return values.isEmpty() && !always ? null : values;
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder holder) throws MappingException {
      if (!json.isArray()) {
        throw spot.mustBe("an array", json);
      }
      for (int i = 0; i < json.size(); i++) {
        XmlElement.Builder child = start(holder, namespace, element);
        JsonNode item = json.get(i);
        Spot at = spot.at(i);
        at.attempt(
            () -> {
              content.write(item, at, child);
              holder.child(child.build());
            });
      }
    }
  }

  private record InName(String name, String namespace, Value names) implements Field {
    @Override
    public Shape shape() {
      return names.shape();
    }

    @Override
    public String place() {
      return tag(namespace, "…") + " its name";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      for (XmlElement child : holder.elements()) {
        JsonNode value = child.namespace().equals(namespace) ? names.read(child.name()) : null;
        if (value != null) {
          return value;
        }
      }
      return null;
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder holder) throws MappingException {
      holder.child(XmlElement.empty(namespace, names.write(json, spot)));
    }
  }

  /** Their names. */
  static List<String> names(List<Field> properties) {
    List<String> names = new ArrayList<>(properties.size());
    properties.forEach(property -> names.add(property.name()));
    return names;
  }
}
