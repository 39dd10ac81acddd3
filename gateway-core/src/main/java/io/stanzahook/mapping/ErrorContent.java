package io.stanzahook.mapping;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.xml.XmlElement;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The error of a stanza (RFC 6120, 8.3.2). */
final class ErrorContent implements Content {
  private static final List<String> TYPES =
      Arrays.stream(ErrorType.values()).map(ErrorType::value).toList();

  private static final Field TYPE =
      Fields.attribute("type", Value.oneOf(TYPES.toArray(String[]::new)));
  private static final Field BY = Fields.attribute("by", Value.TEXT);
  private static final Field TEXT =
      Fields.child("text", Namespaces.STANZA_ERRORS, "text", Contents.TEXT);
  private static final Field CONDITION =
      Fields.nameOfChild(
          "condition",
          Namespaces.STANZA_ERRORS,
          Value.oneOf(
              Arrays.stream(ErrorCondition.values())
                  .map(ErrorCondition::elementName)
                  .toArray(String[]::new)));

  private static final List<Field> FIELDS = List.of(TYPE, BY, CONDITION, TEXT);

  @Override
  public Shape shape() {
    return new Shape.Fields(List.copyOf(FIELDS), List.of());
  }

  @Override
  public String outline() {
    return "{type @, condition its name, text <text> #, by @}";
  }

  @Override
  public @Nullable JsonNode read(XmlElement element) {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    Contents.readAll(FIELDS, element, error);
    return error;
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (!value.isObject()) {
      throw spot.mustBe("an object", value);
    }
    ObjectNode error = ((ObjectNode) value).deepCopy();
    if (Contents.isAbsent(error.get("condition"))) {
      error.put("condition", ErrorCondition.UNDEFINED_CONDITION.elementName());
    }
    if (Contents.isAbsent(error.get("type"))) {
      error.put("type", usualType(error.get("condition")));
    }
    Contents.writeAll(FIELDS, error, spot, element);
  }

  private static String usualType(JsonNode condition) {
    for (ErrorCondition known : ErrorCondition.values()) {
      if (condition.isString() && known.elementName().equals(condition.stringValue())) {
        return known.defaultType().value();
      }
    }
    return ErrorType.CANCEL.value();
  }
}
