package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON carried in a message (XEP-0432): in {@code <json xmlns='urn:xmpp:json:0'>} as the XEP has
 * it; read too where mod_rest writes it, in the text of {@code <payload>} itself.
 */
final class JsonPayload implements Field {
  private static final String JSON_CONTAINER = "urn:xmpp:json:0";

  /** Objects and arrays inside each other. */
  private static final int MAX_NESTING = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  @Override
  public String name() {
    return "data";
  }

  @Override
  public Shape shape() {
    return new Shape.Special("any JSON", List.of());
  }

  @Override
  public String place() {
    return "<json xmlns='" + JSON_CONTAINER + "'> # (or #)";
  }

  @Override
  public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
    XmlElement container = holder.child(JSON_CONTAINER, "json");
    String text = container == null ? holder.text() : container.text();
    try {
      JsonNode value = text.isBlank() ? null : MAPPER.readTree(text);
      return value == null || value.isMissingNode() ? null : value;
    } catch (JacksonException e) {
      return null;
    }
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder holder) {
    holder.textChild(JSON_CONTAINER, "json", MAPPER.writeValueAsString(value));
  }
}
