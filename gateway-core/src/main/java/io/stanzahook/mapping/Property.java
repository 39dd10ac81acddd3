package io.stanzahook.mapping;

/** One property of a JSON object, and the place of its value in an element. */
public interface Property {
  /** Its name in JSON. */
  String name();

  /** The JSON type of its value. */
  Shape shape();

  /** Its place: {@code @} is an attribute, {@code #} is text. */
  String place();
}
