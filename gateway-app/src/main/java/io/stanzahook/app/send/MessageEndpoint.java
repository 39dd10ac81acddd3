package io.stanzahook.app.send;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.app.http.SentBody;
import io.stanzahook.mapping.MappingException;
import io.stanzahook.mapping.StanzaMapping;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /msg/{jid}}: sends a message, as Prosody's mod_post_msg does. A form or JSON may have
 * {@code to}, {@code type}, {@code body} and {@code html}, and all other properties of the mapping.
 * A message of type groupchat goes to a chat room, which its sender enters first.
 */
public final class MessageEndpoint implements Route.Handler {
  static final String PATH = "/msg";

  private final Sender sender;

  /** Sends with this sender. */
  public MessageEndpoint(Sender sender) {
    this.sender = sender;
  }

  /** Its route. */
  public Route route() {
    return Route.sending(PATH, false, Route.PLAIN, this, HttpMethod.POST);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    sender.admit(request);
    return sender.say(sender.check(request, message(request))).thenReturn(Reply.empty(201));
  }

  private static XmlElement message(Request request) throws ApiException {
    ObjectNode message = fields(request);
    String to = request.below(PATH);
    if (!message.has("to") && !to.isEmpty()) {
      message.put("to", to);
    }
    if (!message.has("to")) {
      throw ApiException.unusable("there is no receiver: name one in the path, /msg/user@host");
    }
    JsonNode receiver = message.path("to");
    if (receiver.isString()) {
      var unused = Receiver.withHost(receiver.stringValue());
    }
    message.put("kind", StanzaKind.MESSAGE.elementName());
    if (!message.has("type")) {
      message.put("type", Receiver.CHAT);
    }
    var unused = Receiver.type(message.path("type").asString(""));
    wrapHtml(message);
    try {
      return StanzaMapping.toStanza(message, StanzaKind.MESSAGE);
    } catch (MappingException e) {
      String why = String.valueOf(e.getMessage());
      throw why.startsWith("property 'html'")
          ? ApiException.unreadable(why)
          : ApiException.unusable(why);
    }
  }

  private static ObjectNode fields(Request request) throws ApiException {
    String body = request.body();
    return switch (request.type()) {
      case SentBody.TEXT -> JsonNodeFactory.instance.objectNode().put("body", body);
      case SentBody.FORM ->
          // The type that curl -d sends by default.
          body.indexOf('=') < 0
              ? JsonNodeFactory.instance.objectNode().put("body", body)
              : SentBody.form(request.http(), body);
      case SentBody.JSON -> SentBody.json(body);
      default ->
          throw ApiException.mediaType(
              "send text/plain, application/x-www-form-urlencoded or application/json");
    };
  }

  /** Like mod_post_msg, this takes the content of the body element too. */
  private static void wrapHtml(ObjectNode message) {
    JsonNode html = message.get("html");
    if (html != null && html.isString() && !html.stringValue().stripLeading().startsWith("<body")) {
      message.put("html", "<body>" + html.stringValue() + "</body>");
    }
  }
}
