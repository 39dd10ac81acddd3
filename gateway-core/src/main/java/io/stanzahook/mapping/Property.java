package io.stanzahook.mapping;

/** One property of a JSON object, and the place in an element where its value stands. */
public interface Property {
  /** Its name in JSON. */
  String name();

  /** What JSON its value is. */
  Shape shape();

  /** The place: {@code @} stands for an attribute, {@code #} for text. */
  String place();
}
