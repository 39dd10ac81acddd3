package io.stanzahook.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How the webhook is called.
 *
 * @param postUrl the URL, possibly with placeholders in braces; its host part has none
 * @param headers further request headers, in order
 * @param timeout one attempt, connect to last byte
 * @param maxResponse the largest response body taken, in bytes
 * @param maxReplies the most replies one response may hold; the rest are dropped and counted
 * @param maxConnections the most connections open to the webhook
 * @param userAgent the {@code User-Agent} header
 */
public record WebhookSettings(
    String postUrl,
    List<Map.Entry<String, String>> headers,
    Duration timeout,
    int maxResponse,
    int maxReplies,
    int maxConnections,
    String userAgent) {

  /** Replies of one response, unless set otherwise. */
  public static final int DEFAULT_MAX_REPLIES = 100;

  public WebhookSettings {
    headers = List.copyOf(headers);
  }
}
