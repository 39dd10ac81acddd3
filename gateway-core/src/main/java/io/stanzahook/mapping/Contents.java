package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The contents of elements that need no class of their own. */
final class Contents {
  /** The element is there, or it is not. */
  static final Content MARK =
      new Content() {
        @Override
        public Shape shape() {
          return new Shape.Mark();
        }

        @Override
        public String outline() {
          return "";
        }

        @Override
        public JsonNode read(XmlElement element, @Nullable String lang) {
          return JsonNodeFactory.instance.booleanNode(true);
        }

        @Override
        public void write(JsonNode value, Spot spot, XmlElement.Builder element)
            throws MappingException {
          if (!isOn(value)) {
            throw spot.mustBe("true", value);
          }
        }
      };

  /** Text. */
  static final Content TEXT = text(Value.TEXT);

  private Contents() {}

  /** The value is the element's text. */
  static Content text(Value value) {
    return new Content() {
      @Override
      public Shape shape() {
        return value.shape();
      }

      @Override
      public String outline() {
        return "#";
      }

      @Override
      public @Nullable JsonNode read(XmlElement element, @Nullable String lang) {
        return value.read(element.text());
      }

      @Override
      public void write(JsonNode json, Spot spot, XmlElement.Builder element)
          throws MappingException {
        element.text(value.write(json, spot));
      }
    };
  }

  /** The value is one attribute. */
  static Content attribute(String name) {
    return new Content() {
      @Override
      public Shape shape() {
        return new Shape.Text();
      }

      @Override
      public String outline() {
        return "@" + name;
      }

      @Override
      public @Nullable JsonNode read(XmlElement element, @Nullable String lang) {
        String text = element.attribute(name);
        return text == null ? null : Value.TEXT.read(text);
      }

      @Override
      public void write(JsonNode json, Spot spot, XmlElement.Builder element)
          throws MappingException {
        element.attribute(name, Value.TEXT.write(json, spot));
      }
    };
  }

  /** The value is an object. */
  static Content object(Field... properties) {
    List<Field> all = List.of(properties);
    return new ObjectContent(() -> all, List.of(), null);
  }

  /**
   * The value is an object that needs some of its properties.
   *
   * @param shorthand the property that a plain string stands for, or null
   */
  static Content object(List<String> required, @Nullable String shorthand, Field... properties) {
    List<Field> all = List.of(properties);
    return new ObjectContent(() -> all, required, shorthand);
  }

  /**
   * The value is an object whose properties are known only later, because it may contain itself.
   *
   * @param outline replaces that of the properties, which would be endless
   */
  static Content object(String outline, Supplier<List<Field>> properties) {
    return new ObjectContent(properties, List.of(), null) {
      @Override
      public String outline() {
        return outline;
      }
    };
  }

  /** The value is an array of the element's children with that name. */
  static Content listOf(String element, Content content) {
    Field children = Fields.children("", null, element, content);
    return new Content() {
      @Override
      public Shape shape() {
        return children.shape();
      }

      @Override
      public String outline() {
        return children.place();
      }

      @Override
      public JsonNode read(XmlElement holder, @Nullable String lang) {
        JsonNode values = children.read(holder, lang);
        return values == null ? JsonNodeFactory.instance.arrayNode() : values;
      }

      @Override
      public void write(JsonNode json, Spot spot, XmlElement.Builder holder)
          throws MappingException {
        if (!isOn(json)) {
          children.write(json, spot, holder);
        }
      }
    };
  }

  /** Whether it is {@code true}, which is text in forms. */
  static boolean isOn(JsonNode value) {
    return value.isBoolean()
        ? value.booleanValue()
        : value.isString() && List.of("", "true", "1").contains(value.stringValue());
  }

  /** Whether it is {@code false}, which is text in forms. */
  static boolean isOff(JsonNode value) {
    return value.isBoolean()
        ? !value.booleanValue()
        : value.isString() && List.of("false", "0").contains(value.stringValue());
  }

  private static class ObjectContent implements Content {
    private final Supplier<List<Field>> properties;
    private final List<String> required;
    private final @Nullable String shorthand;

    ObjectContent(
        Supplier<List<Field>> properties, List<String> required, @Nullable String shorthand) {
      this.properties = properties;
      this.required = required;
      this.shorthand = shorthand;
    }

    @Override
    public Shape shape() {
      return new Shape.Fields(List.copyOf(properties.get()), required);
    }

    @Override
    public String outline() {
      return properties.get().stream()
          .map(property -> property.name() + " " + property.place())
          .collect(Collectors.joining(", ", "{", "}"));
    }

    @Override
    public JsonNode read(XmlElement element, @Nullable String lang) {
      return Contents.read(properties.get(), element, lang);
    }

    @Override
    public void write(JsonNode json, Spot spot, XmlElement.Builder element)
        throws MappingException {
      if (json.isObject()) {
        for (String name : required) {
          if (isAbsent(json.get(name))) {
            throw spot.wrong("needs '" + name + "'");
          }
        }
        writeAll(properties.get(), json, spot, element);
      } else if (shorthand != null && json.isString()) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.set(shorthand, json);
        write(object, spot, element);
      } else if (!(required.isEmpty() && isOn(json))) {
        throw spot.mustBe("an object", json);
      }
    }
  }

  static boolean isAbsent(@Nullable JsonNode value) {
    return value == null || value.isNull();
  }

  /** The object of the properties that the element has. */
  static ObjectNode read(List<Field> properties, XmlElement element, @Nullable String lang) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    readAll(properties, element, lang, object);
    return object;
  }

  /** Sets each property that the element has. */
  static void readAll(
      List<Field> properties, XmlElement element, @Nullable String lang, ObjectNode object) {
    for (Field property : properties) {
      JsonNode value = property.read(element, lang);
      if (value != null) {
        object.set(property.name(), value);
      }
    }
  }

  /** Writes each property that the object has, in the order of their declaration. */
  static void writeAll(
      List<Field> properties, JsonNode object, Spot spot, XmlElement.Builder element)
      throws MappingException {
    for (Field property : properties) {
      JsonNode value = object.get(property.name());
      if (value != null && !value.isNull() && !property.isSaidElsewhere(object)) {
        Spot at = spot.at(property.name());
        at.attempt(() -> property.write(value, at, element));
      }
    }
    if (spot.strict()) {
      List<String> known = Fields.names(properties);
      for (String name : object.propertyNames()) {
        if (!known.contains(name)) {
          throw spot.unknown(name, null);
        }
      }
    }
  }

  /** Of a request of service discovery (XEP-0030), which has no children: its node, or true. */
  static JsonNode nodeOrTrue(XmlElement element) {
    String node = element.attribute("node");
    return node == null
        ? JsonNodeFactory.instance.booleanNode(true)
        : JsonNodeFactory.instance.stringNode(node);
  }
}
