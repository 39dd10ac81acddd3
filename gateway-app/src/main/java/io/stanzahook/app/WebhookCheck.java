package io.stanzahook.app;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.timeout.ReadTimeoutException;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.webhook.WebhookSettings;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
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

  static Finding run(WebhookSettings settings, LoopResources loops) {
    URI uri = URI.create(settings.postUrl().replaceAll("\\{[^{}]*}", "check"));
    Duration timeout = settings.timeout().compareTo(LONGEST) < 0 ? settings.timeout() : LONGEST;
    try {
      Integer status =
          HttpClient.create(ConnectionProvider.newConnection())
              .runOn(loops)
              .headers(
                  headers -> {
                    headers.set(HttpHeaderNames.USER_AGENT, settings.userAgent());
                    settings.headers().forEach(h -> headers.add(h.getKey(), h.getValue()));
                  })
              .request(HttpMethod.OPTIONS)
              .uri(uri)
              .response()
              .map(response -> response.status().code())
              .timeout(timeout)
              .block();
      return new Finding(
          SUBJECT,
          Result.OK,
          "%s answered %d to OPTIONS (any answer will do)".formatted(shown(uri), status));
    } catch (RuntimeException e) {
      return new Finding(SUBJECT, Result.FAILED, advice(uri, timeout, Exceptions.unwrap(e)));
    }
  }

  private static String advice(URI uri, Duration timeout, Throwable thrown) {
    Throwable cause =
        thrown.getCause() != null && thrown instanceof RuntimeException
            ? thrown.getCause()
            : thrown;
    if (cause instanceof UnknownHostException) {
      return "the name %s does not resolve; check --post-url".formatted(uri.getHost());
    }
    if (cause instanceof ConnectException) {
      return "nothing listens at %s; is the webhook running, and --post-url right?"
          .formatted(shown(uri));
    }
    if (cause instanceof SSLException) {
      return "TLS with %s failed: %s; is its certificate valid for that name, and trusted here?"
          .formatted(shown(uri), cause.getMessage());
    }
    if (cause instanceof TimeoutException || cause instanceof ReadTimeoutException) {
      return "no answer from %s within %d ms".formatted(shown(uri), timeout.toMillis());
    }
    return "%s: %s".formatted(shown(uri), cause.getMessage());
  }

  /** Without the query: some webhooks have their token there. */
  private static String shown(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }
}
