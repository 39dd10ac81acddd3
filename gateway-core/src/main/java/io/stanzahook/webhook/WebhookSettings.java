package io.stanzahook.webhook;

import io.stanzahook.exchange.PostFormat;
import io.stanzahook.settings.Setting;
import io.stanzahook.settings.Settings;
import io.stanzahook.signing.SigningKeys;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.trace.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the webhook is called.
 *
 * @param postUrls the URLs, at least one, that share the calls; they may have placeholders, but not
 *     in the host
 * @param kindUrls the URLs of kinds of stanza that have their own
 * @param format what requests hold
 * @param headers further request headers, in order
 * @param signingKeys the keys that sign requests; null for none
 * @param connecting how connections are made, and how long they are used
 * @param replies whether what a webhook answers may be a reply
 * @param timeout of one attempt, from connecting to the last byte
 * @param maxResponse the maximum size of a response body, in bytes
 * @param maxReplies the maximum number of replies in one response; the rest are dropped and counted
 * @param maxConnections the maximum number of connections to the webhook
 * @param userAgent the {@code User-Agent} header
 * @param tracing which traces requests belong to
 */
public record WebhookSettings(
    @Setting(
            name = "post-url",
            value = "URL",
            absent = "required",
            help =
                "the webhook (`component_post_url`); if given several times, calls are spread "
                    + "over all of them, and a URL that is down gets no calls; the path and query may "
                    + "contain `{kind}`, `{type}`, `{to}`, `{from}`, `{to.local}`, `{from.bare}` and "
                    + "similar placeholders, whose values are URL-encoded")
        List<UrlTemplate> postUrls,
    KindUrls kindUrls,
    @Setting(
            name = "post-format",
            value = "FORMAT",
            fallback = "json",
            help =
                "format of requests: `json`, the object of mod_component_http; `rest-json`, the "
                    + "mapping of mod_rest, also for responses; `xml`, the stanza itself "
                    + "(`application/xmpp+xml`)")
        PostFormat format,
    @Setting(
            name = "post-header",
            value = "'NAME: VALUE'",
            help = "an additional header for each request, for example a bearer token; repeatable")
        List<Map.Entry<String, String>> headers,
    @Setting(
            name = "signing-secret-file",
            value = "F",
            file = 64 << 10,
            help =
                "signs each request (Standard Webhooks) with every key of this file, one "
                    + "`whsec_…` or `whsk_…` on each line; `stanzahook secret` prints a new one")
        @Nullable SigningKeys signingKeys,
    Connecting connecting,
    @Setting(
            name = "replies",
            value = "on|off",
            fallback = "on",
            live = true,
            help =
                "`off`: a response is never a reply, for frameworks that answer `OK`; an iq "
                    + "still gets its empty result")
        boolean replies,
    @Setting(
            name = "timeout",
            value = "DURATION",
            fallback = "30s",
            min = 1,
            max = 24 * Setting.HOUR,
            live = true,
            help = "time for one webhook attempt, from connecting to the last byte")
        Duration timeout,
    @Setting(
            name = "max-response",
            value = "BYTES",
            fallback = "262144",
            min = 1,
            max = 64 << 20,
            help = "maximum size of a webhook response; larger ones are refused")
        int maxResponse,
    int maxReplies,
    int maxConnections,
    String userAgent,
    Tracing tracing) {

  /** Replies of one response, unless set otherwise. */
  public static final int DEFAULT_MAX_REPLIES = 100;

  /**
   * The URLs of kinds of stanza that have their own.
   *
   * @param message empty for the URLs of all kinds, like the others
   */
  public record KindUrls(
      @Setting(
              name = "post-url-message",
              value = "URL",
              absent = "`--post-url`",
              help =
                  "the webhook for stanzas of kind `message`, instead of `--post-url`; repeatable")
          List<UrlTemplate> message,
      @Setting(
              name = "post-url-presence",
              value = "URL",
              absent = "`--post-url`",
              help =
                  "the webhook for stanzas of kind `presence`, instead of `--post-url`; repeatable")
          List<UrlTemplate> presence,
      @Setting(
              name = "post-url-iq",
              value = "URL",
              absent = "`--post-url`",
              help = "the webhook for stanzas of kind `iq`, instead of `--post-url`; repeatable")
          List<UrlTemplate> iq) {
    /** No kind has URLs of its own. */
    public static final KindUrls NONE = new KindUrls(List.of(), List.of(), List.of());

    /** Copies the lists. */
    public KindUrls {
      message = List.copyOf(message);
      presence = List.copyOf(presence);
      iq = List.copyOf(iq);
    }

    List<UrlTemplate> of(StanzaKind kind) {
      return switch (kind) {
        case MESSAGE -> message;
        case PRESENCE -> presence;
        case IQ -> iq;
      };
    }
  }

  /**
   * Checks URLs and headers.
   *
   * @throws IllegalArgumentException naming the setting, but never a header's value, which may be
   *     secret
   */
  public WebhookSettings {
    postUrls = List.copyOf(postUrls);
    if (postUrls.isEmpty()) {
      throw new IllegalArgumentException("post_url is missing");
    }
    if (maxReplies < 1 || maxConnections < 1) {
      throw new IllegalArgumentException("max_replies and max_connections must be at least 1");
    }
    headers = List.copyOf(headers);
    for (Map.Entry<String, String> header : headers) {
      try {
        RequestHeaders.check(header);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("post_header: " + e.getMessage(), e);
      }
    }
  }

  /** These settings with one URL for all kinds. */
  public WebhookSettings withPostUrl(UrlTemplate url) {
    return Settings.with(this, Map.of("post-url", List.of(url), "kindUrls", KindUrls.NONE));
  }

  /** The first of the URLs. */
  public UrlTemplate postUrl() {
    return postUrls.get(0);
  }

  /** The URLs for a kind of stanza. */
  public List<UrlTemplate> urls(StanzaKind kind) {
    List<UrlTemplate> own = kindUrls.of(kind);
    return own.isEmpty() ? postUrls : own;
  }

  /**
   * The number of connections for a number of calls: a quarter more, so that a call need not wait
   * while the connection of the last one returns to the pool.
   */
  public static int connectionsFor(int concurrency) {
    return concurrency + Math.max(1, concurrency / 4);
  }

  /** Without path, query and header values, which may hold secrets. */
  @Override
  public String toString() {
    return "WebhookSettings[%s, headers %s, timeout %s, signed %s]"
        .formatted(
            postUrls,
            headers.stream().map(Map.Entry::getKey).toList(),
            timeout,
            signingKeys == null ? "no" : signingKeys.kinds());
  }
}
