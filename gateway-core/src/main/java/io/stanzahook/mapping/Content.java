package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The content of an element as one JSON value. */
interface Content {
  /** Its JSON type. */
  Shape shape();

  /** Its place in the element, in the notation of the documentation. */
  String outline();

  /**
   * The value, or null if the element has none. Never fails, whatever the element contains.
   *
   * @param lang the language of the element, from itself or around it; null for none
   */
  @Nullable JsonNode read(XmlElement element, @Nullable String lang);

  /** Adds the value to an element that is otherwise empty. */
  void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException;
}
