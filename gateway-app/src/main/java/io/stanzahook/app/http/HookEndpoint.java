package io.stanzahook.app.http;

import io.stanzahook.app.formats.Format;
import io.stanzahook.app.formats.Formats;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /hooks/{format}/{jid}}: what another program posts, as a message. The query may have
 * {@code type}, {@code from} and {@code token}.
 */
final class HookEndpoint implements Route.Handler {
  static final String PATH = "/hooks";

  private static final Set<String> TYPES = Set.of("chat", "groupchat", "headline", "normal");

  /** Clients show a subject in a chat again and again, and rooms take it for theirs. */
  private static final Set<String> TYPES_WITH_SUBJECT = Set.of("headline", "normal");

  private final Sender sender;
  private final Formats formats;

  HookEndpoint(Sender sender, Formats formats) {
    this.sender = sender;
    this.formats = formats;
  }

  /** As Slack says it, to who posts for Slack. */
  static Reply refused(HttpServerRequest request, ApiError error) {
    return request.fullPath().startsWith(PATH + "/" + Formats.SLACK + "/")
        ? SlackAnswer.error(error)
        : Sender.refusal(error);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    Target target = Target.of(request);
    boolean slack = target.format().equals(Formats.SLACK);
    sender.admit(request.caller());
    Format format = formats.find(target.format());
    if (format == null) {
      throw new ApiException(
          ApiError.notFound(
              "there is no format '%s'; there are %s"
                  .formatted(target.format(), String.join(", ", formats.names()))));
    }
    ObjectNode posted = posted(request.http(), request.body());
    String text = format.body(posted);
    if (text.isBlank()) {
      // A template that has nothing to say of it: nothing is sent, and nothing is wrong.
      return Mono.just(slack ? SlackAnswer.noText() : Reply.empty(204));
    }
    String subject = TYPES_WITH_SUBJECT.contains(target.type()) ? format.subject(posted) : null;
    XmlElement message =
        XmlElement.builder(Namespaces.COMPONENT, StanzaKind.MESSAGE.elementName())
            .attribute("to", target.to())
            .attribute("from", target.from())
            .attribute("type", target.type())
            .textChild(Namespaces.COMPONENT, "subject", subject)
            .textChild(Namespaces.COMPONENT, "body", text)
            .build();
    Sender.Outgoing checked = sender.check(request.caller(), Choice.named(request), message);
    return sender.say(checked).thenReturn(slack ? SlackAnswer.ok() : Reply.empty(201));
  }

  /** JSON, or a form whose field {@code payload} is JSON, as Slack takes both. */
  private static ObjectNode posted(HttpServerRequest request, String body) throws ApiException {
    String type = SentBody.type(request);
    if (type.equals(SentBody.FORM) && !body.stripLeading().startsWith("{")) {
      String payload = SentBody.form(body).path("payload").asString("");
      if (payload.isEmpty()) {
        throw new ApiException(ApiError.unreadable("the form has no field 'payload'"));
      }
      return SentBody.json(payload);
    }
    if (type.isEmpty()
        || type.equals(SentBody.JSON)
        || type.endsWith("+json")
        || type.equals(SentBody.FORM)) {
      return SentBody.json(body);
    }
    throw new ApiException(
        ApiError.mediaType("send application/json, or a form whose field 'payload' is JSON"));
  }

  /** What the URL says. */
  private record Target(String format, String to, String type, @Nullable String from) {
    static Target of(Request request) throws ApiException {
      String rest = request.below(PATH);
      int slash = rest.indexOf('/');
      if (slash < 0 || slash + 1 == rest.length()) {
        throw new ApiException(
            ApiError.unusable(
                "nobody to send it to: name them in the path, /hooks/FORMAT/user@host"));
      }
      Map<String, List<String>> query = request.query();
      String type = parameter(query.get("type"));
      if (type != null && !TYPES.contains(type)) {
        throw new ApiException(
            ApiError.unusable("'type' is none of chat, groupchat, headline, normal"));
      }
      return new Target(
          rest.substring(0, slash),
          Receiver.withHost(rest.substring(slash + 1)),
          type == null ? "chat" : type,
          parameter(query.get("from")));
    }

    private static @Nullable String parameter(@Nullable List<String> values) {
      return values == null || values.isEmpty() ? null : values.get(0);
    }
  }
}
