package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlNode;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code <html>} of XEP-0071, in JSON as the text of its {@code <body>} without namespace. */
final class Html implements Content {
  private static final String XHTML = "http://www.w3.org/1999/xhtml";

  @Override
  public Shape shape() {
    return new Shape.Special("XHTML as text: one `<body>` element", List.of("string"));
  }

  @Override
  public String outline() {
    return "its <body xmlns='" + XHTML + "'> as text";
  }

  @Override
  public @Nullable JsonNode read(XmlElement element, @Nullable String lang) {
    XmlElement body = Language.chosen(element, XHTML, "body", lang);
    if (body == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    XmlWriter.write(body, XHTML, text);
    return JsonNodeFactory.instance.stringNode(text.toString());
  }

  @Override
  public void write(JsonNode value, Spot spot, XmlElement.Builder element) throws MappingException {
    if (!value.isString()) {
      throw spot.mustBe("text", value);
    }
    XmlElement body;
    try {
      body = inXhtml(XmlParser.parse(value.stringValue(), XmlLimits.OUTBOUND));
    } catch (XmlException e) {
      throw spot.wrong("cannot be sent: " + Spot.shown(String.valueOf(e.getMessage())));
    }
    if (!body.is(XHTML, "body")) {
      throw spot.wrong("must be one <body> element");
    }
    element.child(body);
  }

  private static XmlElement inXhtml(XmlElement element) {
    if (!element.namespace().isEmpty()) {
      return element;
    }
    XmlElement.Builder moved = XmlElement.builder(XHTML, element.name());
    element.attributes().forEach(a -> moved.attribute(a.namespace(), a.name(), a.value()));
    for (XmlNode child : element.children()) {
      moved.node(child instanceof XmlElement inner ? inXhtml(inner) : child);
    }
    return moved.build();
  }
}
