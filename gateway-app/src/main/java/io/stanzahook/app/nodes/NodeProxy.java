package io.stanzahook.app.nodes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.timeout.ReadTimeoutException;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.OtherNodes;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.send.RestEndpoint;
import io.stanzahook.cluster.SlotOwner;
import io.stanzahook.net.SocketErrors;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.ServerTrust;
import io.stanzahook.tls.TlsContext;
import io.stanzahook.tls.TrustAdvice;
import io.stanzahook.tls.TrustedCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.resources.LoopResources;

/**
 * Passes requests on to the node of the cluster that holds a component's stream, with the caller's
 * own credentials, and one hop far: what was passed on once is refused where the stream is not. The
 * other node's answer is the caller's answer, whatever its status.
 */
public final class NodeProxy implements OtherNodes {
  /** The header of requests that were passed on. */
  static final String MARK = "Stanzahook-Passed-On";

  /** Requests that are being passed on at once, at most. */
  static final int MAX_PASSED = 128;

  /** The largest answer that is passed back: an iq's answers have half of it at most. */
  static final int MAX_ANSWER = 8 * 1024 * 1024;

  /** How long it takes to connect to the other node, at most. */
  static final Duration CONNECT = Duration.ofSeconds(2);

  /** Beyond the time that the caller lets an iq wait. */
  static final Duration MARGIN = Duration.ofSeconds(10);

  /** How often to look whether the stream has moved meanwhile. */
  static final Duration LOOK = Duration.ofMillis(500);

  /** A chain of causes may have a circle. */
  private static final int MAX_CAUSES = 10;

  /** Between two warnings in the log. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** What becomes of a request that another node could answer. */
  private enum Outcome {
    /** The other node answered, whatever the status. */
    ANSWERED,
    /** It cannot be reached, or the connection broke. */
    UNREACHABLE,
    /** It said nothing for too long. */
    TIMEOUT,
    /** It answered more than is passed back. */
    TOO_LARGE,
    /** The stream moved before there was an answer. */
    MOVED,
    /** No other node is known to hold the stream. */
    NO_OWNER,
    /** Too many are passed on already. */
    TOO_MANY,
    /** The caller went away. */
    CANCELLED;

    Counter counter(MeterRegistry registry) {
      return Counter.builder("stanzahook.cluster.passed.on")
          .description("Requests that need a stream which another node holds.")
          .tag("outcome", name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  /** Of the connection, of the node that was called, and of what was checked already. */
  private static final Set<String> NOT_PASSED =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "host",
          "content-length",
          "expect",
          "accept-encoding",
          "cookie",
          "origin",
          "referer",
          "sec-fetch-site",
          "sec-fetch-mode",
          "sec-fetch-dest",
          "sec-fetch-user");

  private static final List<CharSequence> PASSED_BACK =
      List.of(HttpHeaderNames.RETRY_AFTER, HttpHeaderNames.WWW_AUTHENTICATE, HttpHeaderNames.ALLOW);

  private static final Logger log = LoggerFactory.getLogger(NodeProxy.class);

  private final Gateways gateways;
  private final Supplier<@Nullable ClientCertificate> certificate;
  private final MeterRegistry registry;
  private final HttpClient client;
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - QUIET.toNanos());

  /**
   * A proxy.
   *
   * @param certificate this node's own: what else is in its file is trusted, too
   */
  public NodeProxy(
      Gateways gateways,
      Supplier<@Nullable ClientCertificate> certificate,
      MeterRegistry registry,
      LoopResources loops) {
    this.gateways = gateways;
    this.certificate = certificate;
    this.registry = registry;
    this.client =
        HttpClient.newConnection()
            .runOn(loops)
            .keepAlive(false)
            // What was sent once may have been done.
            .disableRetry(true)
            .followRedirect(false)
            .noProxy()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis());
  }

  /** Registers its counters, which begin at zero. Without a cluster there are none. */
  public static void bind(MeterRegistry registry) {
    for (Outcome each : Outcome.values()) {
      each.counter(registry);
    }
  }

  private void count(Outcome outcome) {
    outcome.counter(registry).increment();
  }

  @Override
  public Mono<Reply> passOn(Request request, ApiException elsewhere) {
    String domain = Objects.requireNonNull(elsewhere.elsewhere());
    if (request.http().requestHeaders().contains(MARK)) {
      // The node that passed it on counts it.
      return Mono.error(
          ApiException.away(
              "the stream of %s is moving: the node that was said to hold it does not"
                  .formatted(domain)));
    }
    SlotOwner owner = gateways.owner(domain);
    if (owner == null) {
      count(Outcome.NO_OWNER);
      return Mono.error(elsewhere);
    }
    return Mono.defer(
        () -> {
          if (passed.incrementAndGet() > MAX_PASSED) {
            passed.decrementAndGet();
            count(Outcome.TOO_MANY);
            return Mono.error(
                ApiException.busy("too many requests are passed on to other nodes at once"));
          }
          return Mono.firstWithSignal(
                  answer(request, domain, owner.url()), moved(domain, owner.url()))
              .doOnSuccess(answered -> count(Outcome.ANSWERED))
              .doOnCancel(() -> count(Outcome.CANCELLED))
              .doFinally(end -> passed.decrementAndGet());
        });
  }

  /** Fails once another node holds the stream, or none: a frozen one never answers. */
  private Mono<Reply> moved(String domain, String url) {
    return Flux.interval(LOOK)
        .filter(
            tick -> {
              SlotOwner now = gateways.owner(domain);
              return now == null || !now.url().equals(url);
            })
        .next()
        .flatMap(
            tick -> {
              count(Outcome.MOVED);
              return Mono.error(
                  ApiException.away(
                      "the stream of %s moved before the node that held it answered"
                          .formatted(domain)));
            });
  }

  private Mono<Reply> answer(Request request, String domain, String url) {
    HttpServerRequest http = request.http();
    Duration longest = RestEndpoint.timeout(http).plus(MARGIN);
    boolean streamed = request.sent() == null;
    Mono<Reply> answer =
        Mono.defer(() -> secured(url))
            .flatMap(
                to ->
                    to.responseTimeout(longest)
                        .headers(headers -> copy(http, headers, request))
                        .request(http.method())
                        .uri(url + target(http.uri()))
                        .send(content(request))
                        .response(NodeProxy::read)
                        .single());
    return (streamed ? answer : answer.timeout(longest.plus(CONNECT)))
        .onErrorMap(e -> failure(e, domain, url, longest));
  }

  /** The path and query, as they were written. */
  private static String target(String uri) {
    if (uri.startsWith("/")) {
      return uri;
    }
    URI absolute = URI.create(uri);
    String query = absolute.getRawQuery();
    return absolute.getRawPath() + (query == null ? "" : "?" + query);
  }

  private static void copy(HttpServerRequest http, HttpHeaders headers, Request request) {
    HttpHeaders given = http.requestHeaders();
    Set<String> ofConnection = new HashSet<>(NOT_PASSED);
    for (String named : given.getAll(HttpHeaderNames.CONNECTION)) {
      for (String each : named.split(",", -1)) {
        ofConnection.add(each.strip().toLowerCase(Locale.ROOT));
      }
    }
    for (Map.Entry<String, String> each : given) {
      if (!ofConnection.contains(each.getKey().toLowerCase(Locale.ROOT))) {
        if (each.getKey().equalsIgnoreCase("user-agent")) {
          headers.set(each.getKey(), each.getValue());
        } else {
          headers.add(each.getKey(), each.getValue());
        }
      }
    }
    headers.set(MARK, "1");
    String length =
        request.sent() == null
            ? given.get(HttpHeaderNames.CONTENT_LENGTH)
            : Integer.toString(request.bytes().length);
    if (length != null) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
    }
  }

  private static Publisher<? extends ByteBuf> content(Request request) {
    if (request.sent() == null) {
      return request.http().receive().retain();
    }
    byte[] bytes = request.bytes();
    return bytes.length == 0
        ? Mono.empty()
        : Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes));
  }

  private static Publisher<Reply> read(HttpClientResponse response, ByteBufFlux content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    return content
        .asByteArray()
        .concatMap(
            part -> {
              if (all.size() + part.length > MAX_ANSWER) {
                return Mono.error(
                    ApiException.badGateway(
                        "the node that holds the stream answered more than %d bytes"
                            .formatted(MAX_ANSWER)));
              }
              all.writeBytes(part);
              return Mono.empty();
            })
        .then(Mono.fromSupplier(() -> reply(response, all.toString(StandardCharsets.UTF_8))));
  }

  private static Reply reply(HttpClientResponse response, String body) {
    HttpHeaders headers = response.responseHeaders();
    Map<String, String> back = new HashMap<>();
    for (CharSequence name : PASSED_BACK) {
      String value = headers.get(name);
      if (value != null) {
        back.put(name.toString(), value);
      }
    }
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    return new Reply(
        response.status().code(), type == null ? "text/plain; charset=utf-8" : type, body, back);
  }

  private ApiException failure(Throwable error, String domain, String url, Duration longest) {
    Throwable cause = Exceptions.unwrap(error);
    if (cause instanceof ApiException known) {
      count(Outcome.TOO_LARGE);
      return known;
    }
    if (cause instanceof ReadTimeoutException || cause instanceof TimeoutException) {
      count(Outcome.TIMEOUT);
      return ApiException.timeout(
          "the node that holds the stream of %s did not answer within %d s"
              .formatted(domain, longest.toSeconds()));
    }
    count(Outcome.UNREACHABLE);
    // Other messages may hold the request's URL, and with it a token.
    String why =
        cause instanceof IOException ? SocketErrors.text(cause) : cause.getClass().getSimpleName();
    ServerTrust.Refusal refusal = refusal(cause);
    String remedy =
        refusal == null
            ? "if that node runs, its --cluster-advertise must be an address that this one reaches"
            : refusal.advice();
    long now = System.nanoTime();
    long before = toldAt.get();
    if (now - before >= QUIET.toNanos() && toldAt.compareAndSet(before, now)) {
      log.warn(
          "{}: a request that needs the stream could not be passed on to {}, the node that holds it: {}; {}",
          domain,
          url,
          refusal == null ? why : refusal.getMessage(),
          remedy);
    }
    return ApiException.away(
        "the node that holds the stream of %s cannot be reached now".formatted(domain));
  }

  /** Why the other node's certificate is refused; null if something else is wrong. */
  private static ServerTrust.@Nullable Refusal refusal(Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof ServerTrust.Refusal refusal) {
        return refusal;
      }
      cause = cause.getCause();
    }
    return null;
  }

  /** The client for a URL: reading what is trusted blocks. */
  private Mono<HttpClient> secured(String url) {
    URI to = URI.create(url);
    if (!"https".equalsIgnoreCase(to.getScheme())) {
      return Mono.just(client);
    }
    return Mono.fromCallable(
            () ->
                client.secure(
                    spec -> spec.sslContext(tls(to.getHost().replaceAll("[\\[\\]]", "")))))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private TlsContext tls(String host) {
    ClientCertificate own = certificate.get();
    TrustAdvice advice =
        new TrustAdvice(
            "add the CA of the other nodes' certificates to the end of this node's --http-tls-cert file",
            "give this node --http-tls-cert, with the CA of the other nodes' certificates at the end of the file",
            "its --cluster-advertise must have a name of its certificate");
    return TlsContext.of(host, own == null ? null : trusted(own), null, advice);
  }

  /** What the JDK trusts, and what this node's own file holds. */
  private static TrustedCertificates trusted(ClientCertificate own) {
    List<X509Certificate> all = new ArrayList<>(own.chain());
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (TrustManager each : factory.getTrustManagers()) {
        if (each instanceof X509TrustManager trust) {
          all.addAll(List.of(trust.getAcceptedIssuers()));
        }
      }
    } catch (GeneralSecurityException e) {
      log.debug("the JDK's certificates cannot be read", e);
    }
    return new TrustedCertificates(own.file(), all);
  }
}
