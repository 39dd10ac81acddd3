package io.stanzahook.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A place in a JSON object that is being read, for messages.
 *
 * @param path as a person would write it, such as {@code dataform.fields[2].var}
 * @param broken takes what is wrong with parts that are left aside, of properties that nobody knows
 *     nothing; null where both are refused
 */
record Spot(String path, @Nullable List<String> broken) {
  /** Parts that are told of; the others are left aside all the same. */
  static final int MAX_BROKEN = 10;

  /** Writes a part. */
  interface Part {
    void write() throws MappingException;
  }

  /** A name from outside is shown up to so many characters. */
  private static final int MAX_NAME = 60;

  static Spot top(@Nullable List<String> broken) {
    return new Spot("", broken);
  }

  /** Whether properties that nobody knows, and parts that cannot be written, are refused. */
  boolean strict() {
    return broken == null;
  }

  /** Writes a part; where it cannot be, and that is not refused, it is left aside. */
  void attempt(Part part) throws MappingException {
    try {
      part.write();
    } catch (MappingException e) {
      if (broken == null) {
        throw e;
      }
      if (broken.size() < MAX_BROKEN) {
        broken.add(String.valueOf(e.getMessage()));
      }
    }
  }

  Spot at(String property) {
    return new Spot(path.isEmpty() ? property : path + "." + property, broken);
  }

  Spot at(int index) {
    return new Spot(path + "[" + index + "]", broken);
  }

  /** What to throw for a value that cannot be used. */
  MappingException wrong(String why) {
    return new MappingException("property '" + shown(path) + "' " + why);
  }

  /** What to throw for a value of the wrong type. */
  MappingException mustBe(String what, JsonNode value) {
    return wrong("must be " + what + ", but is " + kindOf(value));
  }

  /** What to throw for a property that nobody knows. */
  MappingException unknown(String name, @Nullable String because) {
    return new MappingException(
        "property '" + shown(at(name).path) + "' " + (because == null ? "is not known" : because));
  }

  /** A text from outside on one line, not too long. */
  static String shown(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cs}\\u2028\\u2029]", "?");
    return line.length() > MAX_NAME ? line.substring(0, MAX_NAME) + "..." : line;
  }

  private static String kindOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> value.stringValue().isEmpty() ? "empty" : "text";
      case NUMBER -> "a number";
      case BOOLEAN -> value.booleanValue() ? "true" : "false";
      default -> "null";
    };
  }
}
