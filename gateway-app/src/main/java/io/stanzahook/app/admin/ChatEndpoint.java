package io.stanzahook.app.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.console.Chat;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.sandbox.NotRoutedException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /admin/chat} of the sandbox: {@code GET} shows the conversation with the bot, {@code POST}
 * sends it a message.
 */
public final class ChatEndpoint implements Route.Handler {
  /** The largest body, in bytes. */
  public static final int MAX_BODY = 64 * 1024;

  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> PROPERTIES = Set.of("user", "kind", "room", "text");

  private final @Nullable Chat chat;
  private final @Nullable RecentDeliveries deliveries;

  /**
   * An endpoint.
   *
   * @param chat null outside the sandbox
   * @param deliveries show what became of a line; null if none are kept
   */
  public ChatEndpoint(@Nullable Chat chat, @Nullable RecentDeliveries deliveries) {
    this.chat = chat;
    this.deliveries = deliveries;
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    Chat open = chat;
    if (open == null) {
      return Mono.just(Reply.error(404, "only the sandbox has users to write as"));
    }
    if (!request.is(HttpMethod.POST)) {
      return Mono.just(Reply.json(200, json -> write(json, open)));
    }
    try {
      return open.say(saying(request.body()))
          .thenReturn(Reply.json(200, Map.of("sent", true)))
          .onErrorResume(
              NotRoutedException.class,
              e -> Mono.just(Reply.error(503, String.valueOf(e.getMessage()))));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static ApiException wrong(String what) {
    return ApiException.unreadable(what);
  }

  private static Chat.Saying saying(String body) throws ApiException {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JacksonException e) {
      throw wrong("the body is not JSON");
    }
    if (json == null || !json.isObject() || !PROPERTIES.containsAll(names(json))) {
      throw wrong("the body is an object with user, kind, room and text");
    }
    String kind = text(json, "kind").toUpperCase(Locale.ROOT);
    Chat.Kind known =
        Arrays.stream(Chat.Kind.values())
            .filter(each -> each.name().equals(kind))
            .findFirst()
            .orElseThrow(
                () ->
                    wrong(
                        "kind: there are "
                            + Arrays.stream(Chat.Kind.values())
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    return new Chat.Saying(text(json, "user"), known, text(json, "room"), text(json, "text"));
  }

  private static List<String> names(JsonNode json) {
    return json.propertyStream().map(Map.Entry::getKey).toList();
  }

  private static String text(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value != null && value.isString() ? value.stringValue() : "";
  }

  private void write(JsonGenerator json, Chat chat) {
    json.writeNumberProperty("revision", chat.revision());
    json.writeStringProperty("webhook", chat.webhook());
    json.writeBooleanProperty("echo", chat.isEcho());
    json.writeArrayPropertyStart("lines");
    for (Chat.Line line : chat.lines()) {
      json.writeStartObject();
      json.writeNumberProperty("number", line.number());
      json.writeStringProperty("at", Instant.ofEpochMilli(line.at()).toString());
      json.writeBooleanProperty("bot", line.bot());
      json.writeStringProperty("from", line.from());
      json.writeStringProperty("to", line.to());
      json.writeBooleanProperty("error", line.error());
      json.writeStringProperty("text", line.text());
      json.writeStringProperty("what", line.what());
      json.writeStringProperty("xml", line.xml());
      json.writeStringProperty("delivery", line.webhookId());
      SeenDelivery delivery =
          deliveries == null || line.webhookId().isEmpty()
              ? null
              : deliveries.find(line.webhookId());
      if (delivery != null) {
        json.writeStringProperty("state", delivery.outcome().label());
        json.writeNumberProperty("changed", delivery.revision());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
