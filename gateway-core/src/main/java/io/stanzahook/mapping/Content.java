package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What an element holds, as one JSON value. */
interface Content {
  /** What JSON it is. */
  Shape shape();

  /** Where in the element it stands, in the notation of the documentation. */
  String outline();

  /**
   * The value, or null where the element holds none. Never fails, whatever the element holds.
   *
   * @param lang the language that is in force in the element, its own included; null for none
   */
  @Nullable JsonNode read(XmlElement element, @Nullable String lang);

  /** Adds the value to an element that is otherwise empty. */
  void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException;
}
