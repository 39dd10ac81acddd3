package io.stanzahook.webhook;

import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param format what requests hold
 * @param signingKeys what requests are signed with; null for not at all
 * @param tracing which traces requests belong to
 * @param kindUrls the URLs of those kinds of stanza that have one of their own
 */
public record WebhookSettings(
    String postUrl,
    List<Map.Entry<String, String>> headers,
    Duration timeout,
    int maxResponse,
    int maxReplies,
    int maxConnections,
    String userAgent,
    PostFormat format,
    @Nullable SigningKeys signingKeys,
    Tracing tracing,
    Map<StanzaKind, String> kindUrls) {

  /** Replies of one response, unless set otherwise. */
  public static final int DEFAULT_MAX_REPLIES = 100;

  /**
   * Checks what cannot be meant.
   *
   * @throws IllegalArgumentException naming the setting; never quoting the URL or a header's value,
   *     which may hold a secret
   */
  public WebhookSettings {
    headers = List.copyOf(headers);
    kindUrls = Map.copyOf(kindUrls);
    checkUrl("post_url", postUrl);
    kindUrls.forEach((kind, url) -> checkUrl("post_url_" + kind.elementName(), url));
    for (Map.Entry<String, String> header : headers) {
      try {
        RequestHeaders.check(header);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("post_header: " + e.getMessage(), e);
      }
    }
    checkTimeout(timeout);
    if (maxResponse < 1) {
      throw new IllegalArgumentException("max_response must be at least 1 byte");
    }
    if (maxReplies < 1) {
      throw new IllegalArgumentException("max_replies must be at least 1");
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException("max_connections must be at least 1");
    }
  }

  private static void checkUrl(String setting, String url) {
    try {
      UrlTemplate.parse(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks an attempt's time.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public static void checkTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be longer than nothing");
    }
  }

  /** Those of requests in the default format that are neither signed nor traced. */
  public WebhookSettings(
      String postUrl,
      List<Map.Entry<String, String>> headers,
      Duration timeout,
      int maxResponse,
      int maxReplies,
      int maxConnections,
      String userAgent) {
    this(
        postUrl,
        headers,
        timeout,
        maxResponse,
        maxReplies,
        maxConnections,
        userAgent,
        PostFormat.JSON,
        null,
        Tracing.OFF,
        Map.of());
  }

  /** These with one other URL for all kinds. */
  public WebhookSettings withPostUrl(String url) {
    return with(url, format, signingKeys, tracing, Map.of());
  }

  /** These with URLs of their own for some kinds. */
  public WebhookSettings withKindUrls(Map<StanzaKind, String> urls) {
    return with(postUrl, format, signingKeys, tracing, urls);
  }

  /** These with another time for an attempt. */
  public WebhookSettings withTimeout(Duration next) {
    return new WebhookSettings(
        postUrl,
        headers,
        next,
        maxResponse,
        maxReplies,
        maxConnections,
        userAgent,
        format,
        signingKeys,
        tracing,
        kindUrls);
  }

  /** These, with requests in that format. */
  public WebhookSettings withFormat(PostFormat other) {
    return with(postUrl, other, signingKeys, tracing, kindUrls);
  }

  /** These, with requests signed with the keys, or not signed where there are none. */
  public WebhookSettings withSigningKeys(@Nullable SigningKeys keys) {
    return with(postUrl, format, keys, tracing, kindUrls);
  }

  /** These, with requests that belong to such traces. */
  public WebhookSettings withTracing(Tracing traces) {
    return with(postUrl, format, signingKeys, traces, kindUrls);
  }

  private WebhookSettings with(
      String nextUrl,
      PostFormat nextFormat,
      @Nullable SigningKeys nextKeys,
      Tracing nextTracing,
      Map<StanzaKind, String> nextKindUrls) {
    return new WebhookSettings(
        nextUrl,
        headers,
        timeout,
        maxResponse,
        maxReplies,
        maxConnections,
        userAgent,
        nextFormat,
        nextKeys,
        nextTracing,
        nextKindUrls);
  }

  /** Where stanzas of that kind go. */
  public String url(StanzaKind kind) {
    return kindUrls.getOrDefault(kind, postUrl);
  }

  /**
   * Checks one header, for whoever reads settings and wants to report all problems at once.
   *
   * @throws IllegalArgumentException naming the header, but not its value
   */
  public static void checkHeader(Map.Entry<String, String> header) {
    RequestHeaders.check(header);
  }

  /**
   * How many connections so many calls in flight deserve: a quarter more, so that a call that
   * starts while the last one's connection is on its way back to the pool need not wait for it.
   */
  public static int connectionsFor(int concurrency) {
    return concurrency + Math.max(1, concurrency / 4);
  }

  /** Without path, query and header values, which may hold secrets. */
  @Override
  public String toString() {
    return "WebhookSettings[%s, headers %s, timeout %s, signed %s]"
        .formatted(
            UrlTemplate.parse(postUrl),
            headers.stream().map(Map.Entry::getKey).toList(),
            timeout,
            signingKeys == null ? "no" : signingKeys.kinds());
  }
}
