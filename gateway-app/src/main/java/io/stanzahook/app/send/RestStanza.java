package io.stanzahook.app.send;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
import io.stanzahook.app.http.SentBody;
import io.stanzahook.mapping.MappedProperty;
import io.stanzahook.mapping.MappingException;
import io.stanzahook.mapping.StanzaMapping;
import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The stanza of a request to {@code /rest}, from its body and its path: {@code
 * /rest/message/chat/{jid}}, {@code /rest/iq/{query}/{jid}}, and with GET {@code
 * /rest/{query}/{jid}}.
 */
final class RestStanza {
  private static final Set<String> REQUESTS = Set.of("get", "set");

  /**
   * Queries that GET may make: iqs of type get, which change nothing. Any page can make a browser
   * send a GET.
   */
  private static final Set<String> ASKED_BY_GET =
      Set.of(
          "ping",
          "version",
          "disco",
          "items",
          "extdisco",
          "lastactivity",
          "stats",
          "oob",
          "payload",
          "gateway",
          "register",
          "blocklist");

  private RestStanza() {}

  static XmlElement read(Request request) throws ApiException {
    String path = request.below(RestEndpoint.PATH);
    String body = request.body();
    if (!request.is(HttpMethod.POST)) {
      String query = request.rawQuery();
      ObjectNode data = query.isEmpty() ? null : SentBody.form(query);
      if (data != null) {
        data.remove(RequestedComponent.PARAMETER);
      }
      return asked(path, data);
    }
    String type = request.type();
    if (type.equals(SentBody.XML)) {
      return xml(body);
    }
    ObjectNode object = object(request, type, path);
    if (object.isEmpty()) {
      throw ApiException.unusable("there is nothing in it to send");
    }
    return mapped(object);
  }

  private static XmlElement asked(String path, @Nullable ObjectNode data) throws ApiException {
    ObjectNode iq = query(path, data);
    String name = path.substring(0, path.indexOf('/'));
    if (!ASKED_BY_GET.contains(name)) {
      throw ApiException.notAllowed(
          "GET only asks, and '%s' may change something: POST /rest/iq/%s/JID sends it"
              .formatted(name, name));
    }
    if (name.equals("register") && data != null && !data.isEmpty()) {
      throw ApiException.notAllowed(
          "GET only asks for the form: POST /rest/iq/set/JID with 'register' sends it");
    }
    iq.put("type", "get");
    return mapped(iq);
  }

  private static XmlElement xml(String body) throws ApiException {
    XmlElement root;
    try {
      root = ContentNamespace.adopt(XmlParser.parse(body, XmlLimits.OUTBOUND));
    } catch (XmlException e) {
      throw ApiException.unreadable(String.valueOf(e.getMessage()));
    }
    if (!root.namespace().equals(Namespaces.COMPONENT)
        || StanzaKind.ofElement(root.name()) == null) {
      throw ApiException.unusable("it must be a message, presence or iq");
    }
    return root;
  }

  private static ObjectNode object(Request request, String type, String path) throws ApiException {
    String body = request.body();
    // Like mod_rest: a form without fields is text.
    boolean text =
        type.equals(SentBody.TEXT) || (type.equals(SentBody.FORM) && body.indexOf('=') < 0);
    if (text) {
      ObjectNode object = amended(JsonNodeFactory.instance.objectNode(), path);
      String kind = object.path("kind").asString(StanzaKind.MESSAGE.elementName());
      if (kind.equals(StanzaKind.IQ.elementName())) {
        throw ApiException.unusable("an iq is not sent as text");
      }
      if (path.isEmpty()) {
        object.put("type", "chat");
      }
      return object.put(kind.equals(StanzaKind.MESSAGE.elementName()) ? "body" : "show", body);
    }
    return switch (type) {
      case SentBody.JSON -> amended(SentBody.json(body), path);
      case SentBody.FORM -> amended(SentBody.form(request.http(), body), path);
      default ->
          throw ApiException.mediaType(
              "send application/xmpp+xml, application/json,"
                  + " application/x-www-form-urlencoded or text/plain");
    };
  }

  /** The object, with the values that the path holds. */
  private static ObjectNode amended(ObjectNode object, String path) throws ApiException {
    if (path.isEmpty()) {
      return object;
    }
    String[] parts = path.split("/", 3);
    StanzaKind kind = StanzaKind.ofElement(parts[0]);
    if (kind == null || parts.length < 3 || parts[1].isEmpty()) {
      throw ApiException.notFound("there is /rest, /rest/KIND/TYPE/JID and GET /rest/QUERY/JID");
    }
    if (kind == StanzaKind.IQ && !REQUESTS.contains(parts[1])) {
      return query(parts[1] + "/" + parts[2], object);
    }
    object.put("kind", parts[0]);
    object.put("type", parts[1]);
    if (!parts[2].isEmpty()) {
      object.put("to", parts[2]);
    }
    return object;
  }

  /** The iq of a query, by its name and receiver. */
  private static ObjectNode query(String path, @Nullable ObjectNode data) throws ApiException {
    int slash = path.indexOf('/');
    String name = slash < 0 ? path : path.substring(0, slash);
    if (slash < 0 || slash + 1 == path.length() || !isQuery(name)) {
      throw ApiException.notFound(
          "no such query; there are /rest/version/JID, /rest/disco/JID, ...");
    }
    ObjectNode iq = JsonNodeFactory.instance.objectNode();
    iq.put("kind", StanzaKind.IQ.elementName());
    iq.put("to", path.substring(slash + 1));
    if (name.equals("ping") || data == null || data.isEmpty()) {
      iq.put(name, true);
    } else {
      iq.set(name, payload(data));
    }
    return iq;
  }

  /** The data of a {@code payload} is JSON. In a query string it is text. */
  private static ObjectNode payload(ObjectNode data) throws ApiException {
    JsonNode carried = data.get("data");
    if (data.has("datatype") && carried != null && carried.isString()) {
      data.set("data", SentBody.json("{\"data\":" + carried.stringValue() + "}").get("data"));
    }
    return data;
  }

  private static boolean isQuery(String name) {
    for (MappedProperty row : StanzaMapping.properties()) {
      if (row.property().name().equals(name)
          && (row.kinds().equals(Set.of(StanzaKind.IQ)) || name.equals("payload"))) {
        return true;
      }
    }
    return false;
  }

  private static XmlElement mapped(ObjectNode object) throws ApiException {
    try {
      return StanzaMapping.toStanza(object, StanzaKind.MESSAGE);
    } catch (MappingException e) {
      throw ApiException.unusable(String.valueOf(e.getMessage()));
    }
  }
}
