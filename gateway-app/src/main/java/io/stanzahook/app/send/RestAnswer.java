package io.stanzahook.app.send;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.SentBody;
import io.stanzahook.mapping.StanzaMapping;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes answers of {@code /rest} in the first format that {@code Accept} names, otherwise in the
 * format of the request, otherwise as XML, like mod_rest. Errors are JSON unless XML comes first.
 */
enum RestAnswer {
  XML(SentBody.XML),
  JSON(SentBody.JSON),
  FORM(SentBody.FORM),
  /** The request names no format: stanzas as XML, errors as JSON. */
  NEITHER(SentBody.XML);

  private static final JsonMapper MAPPER = new JsonMapper();

  /** The highest limits that {@code wire} allows. */
  private static final XmlLimits LIMITS = new XmlLimits(1_000, 1_000_000, 1_000);

  private final String contentType;

  RestAnswer(String contentType) {
    this.contentType = contentType;
  }

  static RestAnswer of(HttpServerRequest request) {
    String named =
        (request.requestHeaders().get(HttpHeaderNames.ACCEPT, "")
                + ","
                + request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE, ""))
            .toLowerCase(Locale.ROOT);
    RestAnswer first = NEITHER;
    int at = Integer.MAX_VALUE;
    for (RestAnswer each : List.of(XML, JSON, FORM)) {
      int index = named.indexOf(each.contentType);
      if (index >= 0 && index < at) {
        first = each;
        at = index;
      }
    }
    return first;
  }

  /** One stanza as it is, several in an {@code xmpp} array or element. */
  Reply stanzas(List<Stanza> answers, String id) {
    List<XmlElement> trees = new ArrayList<>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      XmlElement tree = tree(answers.get(i));
      // The answer gets the id of the request. On the stream it had an id of ours.
      trees.add(i + 1 == answers.size() ? tree.toBuilder().attribute("id", id).build() : tree);
    }
    return switch (this) {
      case JSON -> new Reply(200, contentType, MAPPER.writeValueAsString(json(trees)));
      case FORM -> new Reply(200, contentType, form(StanzaMapping.toJson(last(trees))));
      case XML, NEITHER -> new Reply(200, contentType, xml(trees));
    };
  }

  private static XmlElement tree(Stanza stanza) {
    try {
      return stanza.xml().parse(LIMITS);
    } catch (XmlException e) {
      throw new IllegalStateException("a stanza that came in cannot be read again", e);
    }
  }

  private static XmlElement last(List<XmlElement> trees) {
    return trees.get(trees.size() - 1);
  }

  private static ObjectNode json(List<XmlElement> trees) {
    if (trees.size() == 1) {
      return StanzaMapping.toJson(trees.get(0));
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode several = json.putArray("xmpp");
    trees.forEach(tree -> several.add(StanzaMapping.toJson(tree)));
    return json;
  }

  private static String xml(List<XmlElement> trees) {
    StringBuilder xml = new StringBuilder();
    xml.append(trees.size() == 1 ? "" : "<xmpp>");
    trees.forEach(tree -> XmlWriter.write(tree, Namespaces.COMPONENT, xml));
    return xml.append(trees.size() == 1 ? "" : "</xmpp>").toString();
  }

  /** A form can hold only text, numbers and booleans. */
  private static String form(ObjectNode json) {
    QueryStringEncoder form = new QueryStringEncoder("");
    json.propertyStream()
        .forEach(
            property -> {
              JsonNode value = property.getValue();
              if (value.isValueNode() && !value.isNull()) {
                form.addParam(property.getKey(), value.isBoolean() ? "" : value.asString());
              }
            });
    String text = form.toString();
    return text.startsWith("?") ? text.substring(1) : text;
  }

  /** An error, with its condition. */
  Reply error(ApiException error) {
    Reply reply =
        this == XML
            ? new Reply(error.status(), contentType, XmlWriter.write(streamError(error)))
            : new Reply(
                error.status(), SentBody.JSON, MAPPER.writeValueAsString(json(error)) + "\n");
    if (error.status() == 405) {
      return reply.with("Allow", "POST");
    }
    return reply.retryAfter(error.retryAfter());
  }

  private static ObjectNode json(ApiException error) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "error");
    json.put("code", error.status());
    json.putObject("error")
        .put("type", error.type())
        .put("condition", error.condition())
        .put("text", error.text());
    return json;
  }

  private static XmlElement streamError(ApiException error) {
    return XmlElement.builder(Namespaces.STREAM, "error")
        .child(XmlElement.empty(Namespaces.STREAM_ERRORS, error.condition()))
        .textChild(Namespaces.STREAM_ERRORS, "text", error.text())
        .build();
  }
}
