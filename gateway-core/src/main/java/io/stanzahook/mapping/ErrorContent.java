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
  /** The condition of an error that names none, as in mod_rest. */
  static final String UNDEFINED = ErrorCondition.UNDEFINED_CONDITION.elementName();

  private static final List<String> TYPES =
      Arrays.stream(ErrorType.values()).map(ErrorType::value).toList();

  private static final Field TYPE =
      Fields.attribute("type", Value.oneOf(TYPES.toArray(String[]::new)));
  private static final Field BY = Fields.attribute("by", Value.TEXT);
  private static final Field TEXT = Fields.textByLanguage("text", Namespaces.STANZA_ERRORS);
  private static final Field CONDITION = new Condition();

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
  public JsonNode read(XmlElement element, @Nullable String lang) {
    return Contents.read(FIELDS, element, lang);
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (!value.isObject()) {
      throw spot.mustBe("an object", value);
    }
    ObjectNode error = ((ObjectNode) value).deepCopy();
    if (Contents.isAbsent(error.get("condition"))) {
      error.put("condition", UNDEFINED);
    }
    JsonNode type = error.get("type");
    boolean known = type != null && type.isString() && TYPES.contains(type.stringValue());
    if (Contents.isAbsent(type) || (!spot.strict() && !known)) {
      error.put("type", usualType(error.get("condition")));
    }
    Contents.writeAll(FIELDS, error, spot, element);
  }

  /** The error of a stanza of type error without details. */
  static XmlElement unsaid(String namespace) {
    return XmlElement.builder(namespace, "error")
        .attribute("type", ErrorType.CANCEL.value())
        .child(XmlElement.empty(Namespaces.STANZA_ERRORS, UNDEFINED))
        .build();
  }

  private static String usualType(JsonNode condition) {
    for (ErrorCondition known : ErrorCondition.values()) {
      if (condition.isString() && known.elementName().equals(condition.stringValue())) {
        return known.defaultType().value();
      }
    }
    return ErrorType.CANCEL.value();
  }

  /**
   * The name of the condition's element. An unknown one is read as it is. If parts that cannot be
   * written are left out, it is written as undefined, because an error needs a condition.
   */
  private static final class Condition implements Field {
    private static final Value KNOWN =
        Value.oneOf(
            Arrays.stream(ErrorCondition.values())
                .map(ErrorCondition::elementName)
                .toArray(String[]::new));

    @Override
    public String name() {
      return "condition";
    }

    @Override
    public Shape shape() {
      return KNOWN.shape();
    }

    @Override
    public String place() {
      return "<… xmlns='" + Namespaces.STANZA_ERRORS + "'> its name";
    }

    @Override
    public JsonNode read(XmlElement holder, @Nullable String lang) {
      for (XmlElement child : holder.elements()) {
        if (child.namespace().equals(Namespaces.STANZA_ERRORS) && !child.name().equals("text")) {
          return JsonNodeFactory.instance.stringNode(child.name());
        }
      }
      return JsonNodeFactory.instance.stringNode(UNDEFINED);
    }

    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
        throws MappingException {
      String name = UNDEFINED;
      try {
        name = KNOWN.write(value, spot);
      } catch (MappingException e) {
        spot.attempt(
            () -> {
              throw e;
            });
      }
      holder.child(XmlElement.empty(Namespaces.STANZA_ERRORS, name));
    }
  }
}
