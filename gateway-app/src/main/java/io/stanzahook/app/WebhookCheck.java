package io.stanzahook.app;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.net.Proxy;
import io.stanzahook.net.SocketErrors;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.tls.ServerTrust;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookProbe;
import io.stanzahook.webhook.WebhookSettings;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.resources.LoopResources;

/**
 * Tries whether the webhook answers: an OPTIONS request with the headers of a POST, all but the
 * signature. Many webhooks know only POST, so that most answers leave in doubt what a POST gets.
 */
final class WebhookCheck {
  private static final String SUBJECT = "webhook";
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private static final int MAX_LOCATION = 200;

  private WebhookCheck() {}

  /**
   * Tries the URL of each kind that is POSTed: one finding a URL, and one for its sample.
   *
   * @param post whether a sample is sent
   * @param batched whether that is sent as a batch of one
   */
  static List<Finding> all(
      WebhookSettings settings,
      Set<StanzaKind> kinds,
      String domain,
      boolean post,
      boolean batched,
      LoopResources loops) {
    Set<UrlTemplate> urls = new LinkedHashSet<>();
    for (StanzaKind kind : StanzaKind.values()) {
      if (kinds.contains(kind)) {
        urls.addAll(settings.urls(kind));
      }
    }
    List<Finding> findings = new ArrayList<>();
    for (UrlTemplate url : urls) {
      findings.add(run(settings.withPostUrl(url), domain, loops));
      if (post) {
        findings.add(SampleCheck.run(settings.withPostUrl(url), batched, domain, loops));
      }
    }
    return findings;
  }

  private static Finding run(WebhookSettings settings, String domain, LoopResources loops) {
    UrlTemplate url = settings.postUrl();
    Duration timeout = settings.timeout().compareTo(MAX_WAIT) < 0 ? settings.timeout() : MAX_WAIT;
    List<String> failures = new ArrayList<>();
    Finding found = null;
    try (WebhookProbe probe = new WebhookProbe(settings, domain, loops)) {
      for (InetAddress address :
          Objects.requireNonNull(probe.addresses().timeout(timeout).block())) {
        try {
          WebhookProbe.Answer answer =
              probe.options(address, sample(domain)).timeout(timeout).block();
          if (answer == null) {
            failures.add("%s did not answer".formatted(url));
          } else if (found == null || found.result() == Result.OK) {
            found = judge(url, answer, settings.signingKeys() != null);
          }
        } catch (RuntimeException e) {
          failures.add(Flags.named(advice(url, probe.proxy(), timeout, Exceptions.unwrap(e))));
        }
      }
    } catch (RuntimeException e) {
      failures.add(
          Flags.named(
              advice(url, settings.connecting().proxy(url), timeout, Exceptions.unwrap(e))));
    }
    if (found == null) {
      return new Finding(SUBJECT, Result.FAILED, failures.get(0));
    }
    // Calls go to those that answer; that one does not should be known.
    return failures.isEmpty()
        ? found
        : new Finding(SUBJECT, Result.DOUBTFUL, found.detail() + "; but " + failures.get(0));
  }

  private static Finding judge(UrlTemplate url, WebhookProbe.Answer answer, boolean signed) {
    int status = answer.status();
    String said = "%s answered %d to OPTIONS (%s)".formatted(url, status, answer.way());
    String allow = answer.header(HttpHeaderNames.ALLOW);
    if (allow != null && !allow.toUpperCase(Locale.ROOT).contains("POST")) {
      return new Finding(
          SUBJECT,
          Result.FAILED,
          "%s, and accepts only %s, not POST; is the path of --post-url right?"
              .formatted(said, allow.replaceAll("[^A-Za-z, ]", "?")));
    }
    if (status < 300) {
      return new Finding(SUBJECT, Result.OK, said);
    }
    if (status < 400) {
      return new Finding(
          SUBJECT,
          Result.FAILED,
          ("%s, a redirect%s: redirects are not followed, so set --post-url to the "
                  + "address that it leads to")
              .formatted(said, target(answer.header(HttpHeaderNames.LOCATION))));
    }
    return switch (status) {
      case 405, 501 ->
          new Finding(SUBJECT, Result.OK, said + ": it is there, and must accept POST");
      case 401, 403, 407 ->
          doubtful(
              said
                  + ": it does not accept these credentials; check --post-header"
                  + (signed ? " (a POST is signed, this request was not)" : ""));
      case 404, 410 ->
          doubtful(
              said
                  + ": is the path of --post-url right? If the webhook supports only POST, all is"
                  + " well");
      default ->
          doubtful(
              said
                  + (status < 500
                      ? ": a POST may work"
                      : ": the webhook, or a proxy in front of it, has a problem; see its log"));
    };
  }

  private static Finding doubtful(String detail) {
    return new Finding(SUBJECT, Result.DOUBTFUL, detail);
  }

  /** Where to, without what may be secret. */
  private static String target(@Nullable String location) {
    if (location == null) {
      return "";
    }
    String shown = location.replaceAll("[?#].*", "").replaceAll("//[^/]*@", "//");
    return " to "
        + shown.substring(0, Math.min(MAX_LOCATION, shown.length())).replaceAll("\\p{Cntrl}", "?");
  }

  private static String advice(
      UrlTemplate url, @Nullable Proxy proxy, Duration timeout, Throwable thrown) {
    Throwable cause =
        thrown.getCause() != null && thrown instanceof RuntimeException
            ? thrown.getCause()
            : thrown;
    if (cause instanceof UnknownHostException) {
      return proxy == null
          ? "the name %s does not resolve; check --post-url".formatted(url.host())
          : "the name of the proxy %s does not resolve; check --post-proxy".formatted(proxy);
    }
    if (cause instanceof ConnectTimeoutException && !(cause instanceof ProxyConnectException)) {
      return "no answer from %s: %s; is it up, or a firewall in between?"
          .formatted(url, SocketErrors.text(cause));
    }
    if (proxy != null
        || cause instanceof ServerTrust.Refusal
        || cause.getCause() instanceof ServerTrust.Refusal) {
      return WebhookProbe.explained(url, proxy, cause);
    }
    if (cause instanceof ConnectException) {
      return "nothing listens at %s; is the webhook running, and is --post-url right?"
          .formatted(url);
    }
    if (cause instanceof NotSslRecordException) {
      return "%s answers with something other than TLS; is it http, without the s?".formatted(url);
    }
    if (cause instanceof PrematureCloseException) {
      return ("%s closed the connection without an answer; is it the webhook's port, or one"
              + " for https?")
          .formatted(url);
    }
    if (cause instanceof SSLException) {
      return "TLS with %s failed: %s; is its certificate valid for that name, and trusted here?"
          .formatted(url, SocketErrors.text(cause));
    }
    if (cause instanceof TimeoutException || cause instanceof ReadTimeoutException) {
      return "no answer from %s within %d ms; is it up, or is there a firewall in between?"
          .formatted(url, timeout.toMillis());
    }
    return "%s: %s".formatted(url, SocketErrors.text(cause));
  }

  /** What fills the URL's placeholders: a message to the component. */
  private static Stanza sample(String domain) {
    Jid to = Jid.of(domain);
    StanzaHeader header = new StanzaHeader(to, Jid.of("check@" + domain), "check", "normal", null);
    return new Message(header, null, null, null, List.of(), StanzaXml.of("<message/>"));
  }
}
