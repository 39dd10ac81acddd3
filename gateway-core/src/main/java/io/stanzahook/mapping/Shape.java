package io.stanzahook.mapping;

import java.util.List;

/** The JSON type of a value, for documentation, schemas and tests. */
public sealed interface Shape {
  /** A string; scalars of other types are accepted too. */
  record Text() implements Shape {}

  /** One of a few strings. */
  record OneOf(List<String> values) implements Shape {
    public OneOf {
      values = List.copyOf(values);
    }
  }

  /** A whole number within bounds. */
  record Whole(long least, long most) implements Shape {}

  /** Any number. */
  record Numeric() implements Shape {}

  /** {@code true} or {@code false}. */
  record Truth() implements Shape {}

  /** {@code true}, or absent. */
  record Mark() implements Shape {}

  /** An array. */
  record Many(Shape of) implements Shape {}

  /**
   * An object.
   *
   * @param required names of the properties that it needs
   */
  record Fields(List<Property> properties, List<String> required) implements Shape {
    public Fields {
      properties = List.copyOf(properties);
      required = List.copyOf(required);
    }
  }

  /**
   * A type that is described in words.
   *
   * @param types the possible types, as in JSON Schema; empty for any
   */
  record Special(String words, List<String> types) implements Shape {
    public Special {
      types = List.copyOf(types);
    }
  }
}
