package io.stanzahook.app.admin;

import io.stanzahook.app.console.Chat;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /admin/chat/webhook} of a sandbox: calls another webhook from now on. */
public final class ChatWebhookEndpoint implements Route.Handler {
  /** The largest body, in bytes. */
  public static final int MAX_BODY = 16 * 1024;

  private static final Logger log = LoggerFactory.getLogger(ChatWebhookEndpoint.class);
  private static final JsonMapper JSON = new JsonMapper();

  private final @Nullable Chat chat;

  /**
   * An endpoint.
   *
   * @param chat null where there is no sandbox
   */
  public ChatWebhookEndpoint(@Nullable Chat chat) {
    this.chat = chat;
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    Chat open = chat;
    if (open == null) {
      return Mono.just(Reply.error(404, "only the sandbox calls another webhook while it runs"));
    }
    String url = url(request.body());
    try {
      String now = open.useWebhook(url);
      log.info("the webhook is now {}, as {} asked for", now, request.caller().described());
      return Mono.just(Reply.json(200, Map.of("webhook", now)));
    } catch (IllegalArgumentException e) {
      throw ApiException.unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static String url(String body) throws ApiException {
    try {
      JsonNode url = JSON.readTree(body).get("url");
      if (url != null && url.isString()) {
        return url.stringValue().strip();
      }
    } catch (JacksonException e) {
      // Falls through.
    }
    throw ApiException.unreadable("the body is an object with url");
  }
}
