package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stanzahook.app.config.ApiCaller;
import io.stanzahook.app.formats.Format;
import io.stanzahook.app.formats.Formats;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /hooks/{format}/{jid}}: what another program posts, as a message. The query may have
 * {@code type}, {@code from} and {@code token}.
 */
final class HookEndpoint implements Endpoint {
  private static final String PATH = "/hooks/";

  /** What its paths begin with, for traces. */
  static final String ROUTE = "/hooks";

  private static final Set<String> TYPES = Set.of("chat", "groupchat", "headline", "normal");

  /** Clients show a subject in a chat again and again, and rooms take it for theirs. */
  private static final Set<String> TYPES_WITH_SUBJECT = Set.of("headline", "normal");

  private final Sender sender;
  private final Formats formats;

  HookEndpoint(Sender sender, Formats formats) {
    this.sender = sender;
    this.formats = formats;
  }

  @Override
  public boolean serves(String path) {
    return path.startsWith(PATH);
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.POST);
  }

  @Override
  public Access access(HttpMethod method) {
    return Access.SEND;
  }

  @Override
  public boolean takesTokenInUrl() {
    return true;
  }

  @Override
  public int maxBody() {
    return SentBody.MOST_BYTES;
  }

  @Override
  public Reply refused(HttpServerRequest request, int status, String why) {
    return refusal(isSlack(request), ApiError.ofStatus(status, why));
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    throw new IllegalStateException("only for callers that are known");
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body, @Nullable ApiCaller caller) {
    ApiCaller known = Objects.requireNonNull(caller);
    boolean slack = isSlack(request);
    return Mono.defer(
            () -> {
              try {
                return post(Target.of(request), request, body, known, slack);
              } catch (ApiException e) {
                return Mono.error(e);
              }
            })
        .onErrorResume(ApiException.class, e -> Mono.just(refusal(slack, e.error())));
  }

  private Mono<Reply> post(
      Target target, HttpServerRequest request, String body, ApiCaller caller, boolean slack)
      throws ApiException {
    sender.admit(caller);
    Format format = formats.find(target.format());
    if (format == null) {
      throw new ApiException(
          ApiError.notFound(
              "there is no format '%s'; there are %s"
                  .formatted(target.format(), String.join(", ", formats.names()))));
    }
    ObjectNode posted = posted(request, body);
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
    Sender.Outgoing checked = sender.check(caller, Choice.named(request), message);
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

  private static boolean isSlack(HttpServerRequest request) {
    return request.fullPath().startsWith(PATH + Formats.SLACK + "/");
  }

  private static Reply refusal(boolean slack, ApiError error) {
    return slack ? SlackAnswer.error(error) : Sender.refusal(error);
  }

  /** What the URL says. */
  private record Target(String format, String to, String type, @Nullable String from) {
    static Target of(HttpServerRequest request) throws ApiException {
      QueryStringDecoder uri = SentBody.uri(request);
      String rest = uri.path().substring(PATH.length());
      int slash = rest.indexOf('/');
      if (slash < 0 || slash + 1 == rest.length()) {
        throw new ApiException(
            ApiError.unusable(
                "nobody to send it to: name them in the path, /hooks/FORMAT/user@host"));
      }
      Map<String, List<String>> query = query(uri);
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

    private static Map<String, List<String>> query(QueryStringDecoder uri) throws ApiException {
      try {
        return uri.parameters();
      } catch (IllegalArgumentException e) {
        throw new ApiException(ApiError.unreadable("the query cannot be decoded"));
      }
    }

    private static @Nullable String parameter(@Nullable List<String> values) {
      return values == null || values.isEmpty() ? null : values.get(0);
    }
  }
}
