package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A property that can be read and written. */
interface Field extends Property {
  /**
   * The value, or null if the element has none. Never fails, whatever the element contains.
   *
   * @param lang the language of the element, from itself or around it; null for none
   */
  @Nullable JsonNode read(XmlElement holder, @Nullable String lang);

  /** Whether another property of the object says the same, so that it is written only once. */
  default boolean isSaidElsewhere(JsonNode object) {
    return false;
  }

  /** Adds the value to an element. */
  void write(JsonNode value, Spot spot, XmlElement.Builder holder) throws MappingException;
}
