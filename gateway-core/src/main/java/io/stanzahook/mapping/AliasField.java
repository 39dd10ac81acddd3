package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A field that is another one, but for what it says itself. */
interface AliasField extends Field {
  /** The other one. */
  Field field();

  @Override
  default String name() {
    return field().name();
  }

  @Override
  default Shape shape() {
    return field().shape();
  }

  @Override
  default String place() {
    return field().place();
  }

  @Override
  default @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
    return field().read(holder, lang);
  }

  @Override
  default void write(JsonNode value, Spot spot, XmlElement.Builder holder) throws MappingException {
    field().write(value, spot, holder);
  }
}
