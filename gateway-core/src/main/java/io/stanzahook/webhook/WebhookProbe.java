package io.stanzahook.webhook;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.SslHandler;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.Quoted;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.net.DnsNames;
import io.stanzahook.net.Proxy;
import io.stanzahook.stanza.Stanza;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;

/**
 * Tries a webhook as calls reach it: with the same addresses, TLS and proxy. Any thread may call;
 * results come on event loops.
 */
public final class WebhookProbe implements AutoCloseable {
  private final WebhookSettings settings;
  private final UrlTemplate url;
  private final DnsNames names;
  private final WebhookClient client;
  private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();

  /**
   * What came back.
   *
   * @param headers in their order
   * @param body as text
   * @param way how it was reached, for a person: address, TLS, proxy
   */
  public record Answer(
      int status, List<Map.Entry<String, String>> headers, String body, String way) {
    public Answer {
      headers = List.copyOf(headers);
    }

    /** The first value of a header; null where it is not there. */
    public @Nullable String header(CharSequence name) {
      return headers.stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name.toString()))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(null);
    }
  }

  /**
   * A POST and what became of it.
   *
   * @param answer null where none came
   */
  public record Sample(WebhookResult result, @Nullable Answer answer) {}

  /**
   * Connects to nothing yet; may read the JDK's trust store.
   *
   * @param settings of which the first URL counts
   * @param domain the component's domain
   * @param loops not disposed of here
   */
  public WebhookProbe(WebhookSettings settings, String domain, LoopResources loops) {
    this.settings = settings;
    this.url = settings.postUrl();
    this.names = new DnsNames(loops);
    this.client =
        new WebhookClient(
            settings,
            domain,
            loops,
            names,
            (head, from, body) ->
                answer.set(
                    new Answer(
                        head.status().code(),
                        head.responseHeaders().entries(),
                        body.text(),
                        way(from))));
  }

  /** All addresses that calls may go to: the webhook's, or its proxy's. */
  public Mono<List<InetAddress>> addresses() {
    Proxy proxy = proxy();
    return names.of(proxy == null ? url.host() : proxy.host());
  }

  /** The proxy that calls go through; null for none. */
  public @Nullable Proxy proxy() {
    return settings.connecting().proxy(url);
  }

  /** An OPTIONS request to one of the addresses, with the headers of a POST but the signature. */
  public Mono<Answer> options(InetAddress address, Stanza stanza) {
    Host host = new Host(client, url, settings, settings.connecting().tls(url), address, false);
    return host.http()
        .request(HttpMethod.OPTIONS)
        .uri(url.path(stanza))
        .responseConnection(
            (head, from) ->
                Flux.just(
                    new Answer(
                        head.status().code(), head.responseHeaders().entries(), "", way(from))))
        .next()
        .doFinally(signal -> host.dispose().subscribe(done -> {}, error -> {}));
  }

  /** One POST, as it would be made. */
  public Mono<Sample> post(Stanza stanza, String webhookId) {
    return client.post(stanza, webhookId, 1).map(result -> new Sample(result, answer.get()));
  }

  /** One POST with a batch, as it would be made. */
  public Mono<Sample> post(Batch batch) {
    return client.post(batch).map(result -> new Sample(result, answer.get()));
  }

  /** What kept a request from being sent, in one line. */
  public static String explained(UrlTemplate url, @Nullable Proxy proxy, Throwable failure) {
    return new CallFailures(url.toString(), false, proxy)
        .of(failure, CallFailures.Progress.CONNECTING, 0)
        .detail();
  }

  /** Where a connection leads, and what protects it. */
  private String way(Connection connection) {
    SocketAddress remote = connection.channel().remoteAddress();
    StringBuilder way = new StringBuilder();
    Proxy proxy = proxy();
    if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
      way.append(proxy == null ? "at " : "by way of ").append(inet.getAddress().getHostAddress());
    }
    if (proxy != null) {
      way.append(", the proxy ").append(proxy);
    }
    SslHandler tls = connection.channel().pipeline().get(SslHandler.class);
    return way.append(", ")
        .append(tls == null ? "without TLS" : protection(tls.engine().getSession()))
        .toString();
  }

  private static String protection(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
        return "%s with the certificate of %s until %s"
            .formatted(
                session.getProtocol(),
                Quoted.of(certificate.getSubjectX500Principal().getName()),
                certificate.getNotAfter().toInstant());
      }
    } catch (SSLPeerUnverifiedException e) {
      // Then there is nothing to tell of it.
    }
    return session.getProtocol();
  }

  @Override
  public void close() {
    client.dispose().doFinally(signal -> names.close()).subscribe(done -> {}, error -> {});
  }
}
