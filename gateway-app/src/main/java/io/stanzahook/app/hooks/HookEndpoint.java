package io.stanzahook.app.hooks;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.formats.Format;
import io.stanzahook.app.formats.Formats;
import io.stanzahook.app.formats.RequestHeaders;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.app.http.SentBody;
import io.stanzahook.app.http.Signatures;
import io.stanzahook.app.send.Receiver;
import io.stanzahook.app.send.Sender;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /hooks/{format}/{jid}}: what another program posts, as a message. The query may have
 * {@code type}, {@code from} and {@code token}.
 */
public final class HookEndpoint implements Route.Handler {
  static final String PATH = "/hooks";

  /** In chats, clients would show the subject with each message, and rooms would change theirs. */
  private static final Set<String> TYPES_WITH_SUBJECT = Set.of("headline", "normal");

  /** If a body has several objects, their texts end here. */
  private static final int MAX_CHARACTERS = 16 * 1024;

  private static final int MAX_OBJECTS = 256;

  private static final String PAYLOAD = "payload";

  /** Fields of forms that hold JSON: Slack's, Discord's, Uptime Kuma's. */
  private static final List<String> JSON_FIELDS = List.of(PAYLOAD, "payload_json", "data");

  private static final String CUT = "\n[cut off]";

  private final Sender sender;
  private final Formats formats;

  /** With the formats of the settings. */
  public HookEndpoint(Sender sender, Formats formats) {
    this.sender = sender;
    this.formats = formats;
  }

  /** Its route. */
  public Route route(Signatures signatures) {
    // Grafana can be told to use PUT.
    return Route.sending(PATH, true, HookEndpoint::refused, this, HttpMethod.POST, HttpMethod.PUT)
        .signed(signatures);
  }

  /** The format that a path names; empty if the path does not belong to this endpoint. */
  static String format(String path) {
    String start = PATH + "/";
    if (!path.startsWith(start)) {
      return "";
    }
    int end = path.indexOf('/', start.length());
    return path.substring(start.length(), end < 0 ? path.length() : end);
  }

  /** The error, in Slack's form for requests in Slack's format. */
  static Reply refused(HttpServerRequest request, ApiException error) {
    return request.fullPath().startsWith(PATH + "/" + Formats.SLACK + "/")
        ? SlackAnswer.error(error)
        : Reply.error(error);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    Target target = Target.of(request);
    boolean slack = target.format().equals(Formats.SLACK);
    sender.admit(request);
    Format format = formats.find(target.format());
    if (format == null) {
      throw ApiException.notFound(
          "there is no format '%s'; there are %s"
              .formatted(target.format(), String.join(", ", formats.names())));
    }
    List<ObjectNode> posted = posted(target.format(), request);
    RequestHeaders headers = RequestHeaders.of(request.http().requestHeaders());
    String text = body(format, posted, headers);
    if (text.isBlank()) {
      // The template gives no text. Nothing is sent, and this is not an error.
      return Mono.just(slack ? SlackAnswer.noText() : Reply.empty(204));
    }
    String subject =
        TYPES_WITH_SUBJECT.contains(target.type()) ? format.subject(posted.get(0), headers) : null;
    XmlElement message =
        XmlElement.builder(Namespaces.COMPONENT, StanzaKind.MESSAGE.elementName())
            .attribute("to", target.to())
            .attribute("from", target.from())
            .attribute("type", target.type())
            .textChild(Namespaces.COMPONENT, "subject", subject)
            .textChild(Namespaces.COMPONENT, "body", text)
            .build();
    return sender
        .say(sender.check(request, message))
        .thenReturn(slack ? SlackAnswer.ok() : Reply.empty(201));
  }

  /** The text of all objects, in their order, for one message. */
  private static String body(Format format, List<ObjectNode> posted, RequestHeaders headers) {
    if (posted.size() == 1) {
      return format.body(posted.get(0), headers);
    }
    StringBuilder all = new StringBuilder();
    int looked = 0;
    for (ObjectNode each : posted) {
      // Each object is limited in time and length. This limits their number.
      if (all.length() > MAX_CHARACTERS || looked++ >= MAX_OBJECTS) {
        return all.append(CUT).toString();
      }
      String text = format.body(each, headers);
      if (!text.isBlank()) {
        all.append(all.isEmpty() ? "" : "\n\n").append(text);
      }
    }
    return all.toString();
  }

  /**
   * The objects of a body. It may be JSON, whatever its content type; a form with a field that is
   * JSON, as from Slack, Discord and Uptime Kuma; a form with the properties of the JSON as fields;
   * and for some formats plain text, as from curl.
   */
  private static List<ObjectNode> posted(String format, Request request) throws ApiException {
    String type = request.type();
    String body = request.body();
    if (type.equals(SentBody.MULTIPART)) {
      return inForm(SentBody.multipart(request));
    }
    boolean plain = type.equals(SentBody.TEXT);
    boolean form = type.equals(SentBody.FORM);
    boolean json = type.isEmpty() || type.equals(SentBody.JSON) || type.endsWith("+json");
    if (!plain && !form && !json) {
      throw ApiException.mediaType(
          "send application/json, or a form whose field 'payload' is JSON");
    }
    String start = body.stripLeading();
    boolean structured = start.startsWith("{") || start.startsWith("[");
    boolean text = !structured && Formats.takesText(format) && !body.isBlank();
    if (structured || (json && !(text && type.isEmpty()))) {
      return SentBody.objects(body);
    }
    if (form && body.indexOf('=') >= 0) {
      return inForm(SentBody.form(request.http(), body));
    }
    if (text) {
      return List.of(SentBody.text(body));
    }
    throw ApiException.unreadable("the body is neither JSON nor a form");
  }

  private static List<ObjectNode> inForm(ObjectNode fields) throws ApiException {
    for (String name : JSON_FIELDS) {
      String json = fields.path(name).asString("").stripLeading();
      if (name.equals(PAYLOAD) ? !json.isEmpty() : json.startsWith("{") || json.startsWith("[")) {
        return SentBody.objects(json);
      }
    }
    return List.of(fields);
  }

  /** What the URL says. */
  private record Target(String format, String to, String type, @Nullable String from) {
    static Target of(Request request) throws ApiException {
      String rest = request.below(PATH);
      int slash = rest.indexOf('/');
      if (slash < 0 || slash + 1 == rest.length()) {
        throw ApiException.unusable(
            "there is no receiver: name one in the path, /hooks/FORMAT/user@host");
      }
      String given = request.first("type");
      String type = Receiver.type(given == null ? Receiver.CHAT : given);
      return new Target(
          rest.substring(0, slash),
          Receiver.withHost(rest.substring(slash + 1)),
          type,
          request.first("from"));
    }
  }
}
