package io.stanzahook.mapping;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The value of an attribute or a text: characters in XML, a scalar in JSON. */
interface Value {
  /** Nobody means longer numbers. */
  int MAX_DIGITS = 30;

  Value TEXT =
      new Value() {
        @Override
        public Shape shape() {
          return new Shape.Text();
        }

        @Override
        public JsonNode read(String text) {
          return JsonNodeFactory.instance.stringNode(text);
        }

        @Override
        public String write(JsonNode value, Spot spot) throws MappingException {
          if (!value.isValueNode()) {
            throw spot.mustBe("text", value);
          }
          return value.asString();
        }
      };

  Value TRUTH =
      new Value() {
        @Override
        public Shape shape() {
          return new Shape.Truth();
        }

        @Override
        public @Nullable JsonNode read(String text) {
          return switch (text) {
            case "true", "1" -> JsonNodeFactory.instance.booleanNode(true);
            case "false", "0" -> JsonNodeFactory.instance.booleanNode(false);
            default -> null;
          };
        }

        @Override
        public String write(JsonNode value, Spot spot) throws MappingException {
          String text = value.asString("");
          if (!value.isValueNode() || read(text) == null) {
            throw spot.mustBe("true or false", value);
          }
          return text;
        }
      };

  Value NUMERIC =
      new Value() {
        @Override
        public Shape shape() {
          return new Shape.Numeric();
        }

        @Override
        public @Nullable JsonNode read(String text) {
          try {
            return text.length() > MAX_DIGITS
                ? null
                : JsonNodeFactory.instance.numberNode(new BigDecimal(text));
          } catch (NumberFormatException e) {
            return null;
          }
        }

        @Override
        public String write(JsonNode value, Spot spot) throws MappingException {
          String text = value.asString("");
          if (!value.isValueNode() || read(text) == null) {
            throw spot.mustBe("a number", value);
          }
          return text;
        }
      };

  Value COUNT = whole(0, Long.MAX_VALUE);

  /** Whole numbers within bounds. */
  static Value whole(long least, long most) {
    return new Value() {
      @Override
      public Shape shape() {
        return new Shape.Whole(least, most);
      }

      @Override
      public @Nullable JsonNode read(String text) {
        try {
          long number = Long.parseLong(text.strip());
          return number < least || number > most
              ? null
              : JsonNodeFactory.instance.numberNode(number);
        } catch (NumberFormatException e) {
          return null;
        }
      }

      @Override
      public String write(JsonNode value, Spot spot) throws MappingException {
        JsonNode number = value.isValueNode() ? read(value.asString("")) : null;
        if (number == null) {
          throw spot.mustBe(
              most == Long.MAX_VALUE
                  ? "a whole number of at least %d".formatted(least)
                  : "a whole number from %d to %d".formatted(least, most),
              value);
        }
        return number.asString();
      }
    };
  }

  /** One of a few words. */
  static Value oneOf(String... words) {
    List<String> known = List.of(words);
    return new Value() {
      @Override
      public Shape shape() {
        return new Shape.OneOf(known);
      }

      @Override
      public @Nullable JsonNode read(String text) {
        String word = text.strip();
        return known.contains(word) ? JsonNodeFactory.instance.stringNode(word) : null;
      }

      @Override
      public String write(JsonNode value, Spot spot) throws MappingException {
        if (!value.isString() || !known.contains(value.stringValue())) {
          throw spot.wrong("must be one of " + String.join(", ", known));
        }
        return value.stringValue();
      }
    };
  }

  /** Its JSON type. */
  Shape shape();

  /**
   * The value of a text, or null if the text is not such a value. The property is then left out.
   */
  @Nullable JsonNode read(String text);

  /** The text of a value. */
  String write(JsonNode value, Spot spot) throws MappingException;
}
