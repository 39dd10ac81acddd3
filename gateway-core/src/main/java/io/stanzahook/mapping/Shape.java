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
   * @param required names of properties without which it cannot be written
   */
  record Fields(List<Property> properties, List<String> required) implements Shape {
    public Fields {
      properties = List.copyOf(properties);
      required = List.copyOf(required);
    }
  }

  /**
   * One that is put in words.
   *
   * @param types JSON Schema's names of the types it may have; none for any
   */
  record Special(String words, List<String> types) implements Shape {
    public Special {
      types = List.copyOf(types);
    }
  }
}
