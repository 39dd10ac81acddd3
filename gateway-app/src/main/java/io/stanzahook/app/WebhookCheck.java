package io.stanzahook.app;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.timeout.ReadTimeoutException;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import reactor.core.Exceptions;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Tries whether the webhook answers: an OPTIONS request, to which any answer will do. */
final class WebhookCheck {
  private static final String SUBJECT = "webhook";
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private WebhookCheck() {}

  static Finding run(WebhookSettings settings, String domain, LoopResources loops) {
    UrlTemplate url = UrlTemplate.parse(settings.postUrl());
    Duration timeout = settings.timeout().compareTo(LONGEST) < 0 ? settings.timeout() : LONGEST;
    try {
      Integer status =
          HttpClient.create(ConnectionProvider.newConnection())
              .runOn(loops)
              .headers(
                  headers -> {
                    headers.set(HttpHeaderNames.USER_AGENT, settings.userAgent());
                    settings.headers().forEach(h -> headers.set(h.getKey(), h.getValue()));
                  })
              .request(HttpMethod.OPTIONS)
              .uri(url + url.path(sample(domain)))
              .response()
              .map(response -> response.status().code())
              .timeout(timeout)
              .block();
      return new Finding(
          SUBJECT,
          Result.OK,
          "%s answered %d to OPTIONS (any answer will do)".formatted(url, status));
    } catch (RuntimeException e) {
      return new Finding(SUBJECT, Result.FAILED, advice(url, timeout, Exceptions.unwrap(e)));
    }
  }

  private static String advice(UrlTemplate url, Duration timeout, Throwable thrown) {
    Throwable cause =
        thrown.getCause() != null && thrown instanceof RuntimeException
            ? thrown.getCause()
            : thrown;
    if (cause instanceof UnknownHostException) {
      return "the name %s does not resolve; check --post-url".formatted(url.host());
    }
    if (cause instanceof ConnectException) {
      return "nothing listens at %s; is the webhook running, and --post-url right?".formatted(url);
    }
    if (cause instanceof SSLException) {
      return "TLS with %s failed: %s; is its certificate valid for that name, and trusted here?"
          .formatted(url, cause.getMessage());
    }
    if (cause instanceof TimeoutException || cause instanceof ReadTimeoutException) {
      return "no answer from %s within %d ms".formatted(url, timeout.toMillis());
    }
    return "%s: %s".formatted(url, cause.getMessage());
  }

  /** What fills the URL's placeholders: a message to the component. */
  private static Stanza sample(String domain) {
    Jid to = Jid.of(domain);
    StanzaHeader header = new StanzaHeader(to, Jid.of("check@" + domain), "check", "normal", null);
    return new Message(header, null, null, null, List.of(), StanzaXml.of("<message/>"));
  }
}
