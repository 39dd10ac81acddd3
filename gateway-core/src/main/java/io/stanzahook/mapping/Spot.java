package io.stanzahook.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A place in a JSON object that is being read, for messages.
 *
 * @param path as people would write it, such as {@code dataform.fields[2].var}
 * @param broken receives what is wrong with parts that are left out, but nothing about unknown
 *     properties; null if both are refused
 */
record Spot(String path, @Nullable List<String> broken) {
  /** The maximum number of parts that are reported. All broken parts are left out. */
  static final int MAX_BROKEN = 10;

  /** Writes a part. */
  interface Part {
    void write() throws MappingException;
  }

  /** The maximum number of characters of a shown name. */
  private static final int MAX_NAME = 60;

  static Spot top(@Nullable List<String> broken) {
    return new Spot("", broken);
  }

  /** Whether unknown properties, and parts that cannot be written, are refused. */
  boolean strict() {
    return broken == null;
  }

  /** Writes a part. Leaves it out if it cannot be written, unless such parts are refused. */
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

  /** The exception for a value that cannot be used. */
  MappingException wrong(String why) {
    return new MappingException("property '" + shown(path) + "' " + why);
  }

  /** The exception for a value of the wrong type. */
  MappingException mustBe(String what, JsonNode value) {
    return wrong("must be " + what + ", but is " + kindOf(value));
  }

  /** The exception for an unknown property. */
  MappingException unknown(String name, @Nullable String because) {
    return new MappingException(
        "property '" + shown(at(name).path) + "' " + (because == null ? "is not known" : because));
  }

  /** A foreign text, on one line and shortened. */
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
