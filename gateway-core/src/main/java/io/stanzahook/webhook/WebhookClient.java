package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.AsciiString;
import io.stanzahook.stanza.Stanza;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.util.context.ContextView;

/**
 * The webhook at the end of HTTP/1.1 connections: one POST an attempt, no redirects, no retries of
 * its own, connections kept alive and pooled.
 *
 * <p>{@link #post} may be subscribed to on any thread; it is cheapest on an event loop of the loop
 * resources handed in, which then carries the connections it opens. Results come on an event loop.
 */
public final class WebhookClient implements Webhook {
  private static final AsciiString WEBHOOK_ID = AsciiString.cached("webhook-id");
  private static final AsciiString WEBHOOK_TIMESTAMP = AsciiString.cached("webhook-timestamp");
  private static final AsciiString WEBHOOK_ATTEMPT = AsciiString.cached("webhook-attempt");
  private static final AsciiString WEBHOOK_SIGNATURE = AsciiString.cached("webhook-signature");
  private static final String FIRST = "1";
  private static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  private static final AsciiString TRACESTATE = AsciiString.cached("tracestate");

  /**
   * A host that does not answer at all is given up after this, if the attempt's time is not over.
   */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** A connection unused for this long is closed: most servers do it after 60 or 75 seconds. */
  private static final Duration MAX_IDLE = Duration.ofSeconds(50);

  /** Addresses are kept this long, so that a burst of new connections asks the name once. */
  private static final int DNS_TTL_SECONDS = 1;

  private static final Duration MIN_TICK = Duration.ofMillis(5);
  private static final Duration MAX_TICK = Duration.ofMillis(250);

  /** Flushes held back at most. */
  private static final int FLUSHES_AT_ONCE = 64;

  /** An attempt may last longer than its time by one part in this many. */
  private static final int TICKS_PER_TIMEOUT = 64;

  private volatile WebhookSettings settings;
  private final UrlTemplate url;
  private final RequestWriter writer;
  private final @Nullable RequestSigner signer;
  private final ReplyReader reader;
  private final ReplyRules rules;
  private final CallFailures failures;
  private final OpenCalls openCalls;
  private final Clock clock = Clock.systemUTC();
  private final Timestamps timestamps = new Timestamps(clock);
  private final AddressResolverGroup<?> resolver;
  private final ConnectionProvider connections;
  private final HttpClient.RequestSender sender;
  private final @Nullable Flux<WebhookResult> constantExchange;

  /** Statuses whose bodies were told to be no replies: of 2xx there are few. */
  private final Set<Integer> hinted = ConcurrentHashMap.newKeySet();

  private final Silence silence = new Silence(System::nanoTime);
  private volatile boolean disposed;

  /**
   * Connects to nothing yet.
   *
   * @param domain the component's domain, which replies must come from
   * @param loops the event loops to use; not disposed of here
   */
  public WebhookClient(WebhookSettings settings, String domain, LoopResources loops) {
    this(settings, domain, loops, dns(loops), null);
  }

  /** With other names and other certificates. */
  WebhookClient(
      WebhookSettings settings,
      String domain,
      LoopResources loops,
      AddressResolverGroup<?> resolver,
      @Nullable SslContext trust) {
    this.settings = settings;
    this.url = settings.postUrl();
    this.writer = settings.format().writer();
    this.reader = new ReplyReader(settings.maxResponse(), settings.maxReplies(), settings.format());
    this.signer = RequestSigner.of(settings.signingKeys());
    this.rules = new ReplyRules(domain);
    this.failures = new CallFailures(url.toString());
    this.resolver = resolver;
    this.openCalls =
        new OpenCalls(
            Schedulers.fromExecutorService(loops.onClient(LoopResources.DEFAULT_NATIVE).next()),
            System::nanoTime,
            this::tickNanos,
            2 * settings.maxConnections());
    this.connections =
        ConnectionProvider.builder("stanzahook-webhook")
            .maxConnections(settings.maxConnections())
            // Bounded by OpenCalls, whose deadlines hold for the wait too: no timer for each.
            .pendingAcquireMaxCount(-1)
            .pendingAcquireTimer((task, delay) -> Disposables.disposed())
            .evictionPredicate(this::isNotUsedAgain)
            .evictInBackground(MAX_IDLE)
            .lifo()
            .metrics(true)
            .build();
    this.sender = client(loops, trust).post();
    String path = url.constantPath();
    this.constantExchange = path == null ? null : exchange(path);
  }

  private boolean isNotUsedAgain(Connection connection, ConnectionProvider.ConnectionMetadata use) {
    long idle = use.idleTime();
    return !connection.channel().isActive() || idle >= MAX_IDLE.toMillis() || silence.covers(idle);
  }

  private static AddressResolverGroup<?> dns(LoopResources loops) {
    EventLoopGroup group = loops.onClient(LoopResources.DEFAULT_NATIVE);
    return new DnsAddressResolverGroup(
        new DnsNameResolverBuilder()
            .datagramChannelType(loops.onChannelClass(DatagramChannel.class, group))
            .socketChannelType(loops.onChannelClass(SocketChannel.class, group))
            .ttl(0, DNS_TTL_SECONDS)
            .negativeTtl(0));
  }

  private HttpClient client(LoopResources loops, @Nullable SslContext trust) {
    InetSocketAddress address = InetSocketAddress.createUnresolved(url.host(), url.port());
    HttpClient client =
        HttpClient.create(connections)
            .runOn(loops)
            .resolver(resolver)
            .remoteAddress(() -> address)
            // The client would send again, without asking, what it takes for unsent.
            .disableRetry(true)
            .followRedirect(false)
            .compress(false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
            .headers(headers -> RequestHeaders.write(settings, url.hostHeader(), headers))
            .doOnChannelInit(
                (observer, channel, remote) -> {
                  ResponseDecoding.install(channel.pipeline());
                  // One socket write for the several flushes the client makes of a request.
                  channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSHES_AT_ONCE, true));
                })
            .doAfterRequest((request, connection) -> call(request).sent());
    if (!url.isSecure()) {
      return client.noSSL();
    }
    return trust == null ? client.secure() : client.secure(tls -> tls.sslContext(trust));
  }

  private Flux<WebhookResult> exchange(String path) {
    return sender
        .uri(path)
        .send(this::send)
        .responseConnection(
            (response, connection) ->
                call(response.currentContextView()).receive(response, connection));
  }

  private static WebhookCall call(HttpClientRequest request) {
    return call(request.currentContextView());
  }

  private static WebhookCall call(ContextView context) {
    return context.get(WebhookCall.class);
  }

  private Publisher<Void> send(HttpClientRequest request, NettyOutbound out) {
    // Looked up once: it hangs on the connection, some way off.
    ContextView context = request.currentContextView();
    WebhookCall call = call(context);
    out.withConnection(call::sending);
    if (call.hasEnded()) {
      return Mono.error(new CancellationException("nobody waits for the call any more"));
    }
    ByteBuf body = writer.write(call.stanza(), out.alloc());
    String timestamp = timestamps.now();
    HttpHeaders headers = request.requestHeaders();
    headers.set(WEBHOOK_ID, call.webhookId());
    headers.set(WEBHOOK_TIMESTAMP, timestamp);
    headers.set(WEBHOOK_ATTEMPT, call.attempt() == 1 ? FIRST : Integer.toString(call.attempt()));
    if (settings.tracing().isOn()) {
      trace(call, context, headers);
    }
    RequestSigner signing = signer;
    if (signing != null) {
      try {
        headers.set(WEBHOOK_SIGNATURE, signing.sign(call.webhookId(), timestamp, body));
      } catch (RuntimeException e) {
        body.release();
        throw e;
      }
    }
    return out.sendObject(body);
  }

  private void trace(WebhookCall call, ContextView context, HttpHeaders headers) {
    TraceContext parent = context.getOrDefault(TraceContext.class, null);
    if (parent == null) {
      headers.set(TRACEPARENT, settings.tracing().of(call.webhookId(), call.attempt()).header());
      return;
    }
    headers.set(
        TRACEPARENT, settings.tracing().below(parent, call.webhookId(), call.attempt()).header());
    if (parent.state() != null) {
      headers.set(TRACESTATE, parent.state());
    }
  }

  @Override
  public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
    return Mono.create(sink -> start(stanza, webhookId, attempt, sink));
  }

  private void start(Stanza stanza, String webhookId, int attempt, MonoSink<WebhookResult> sink) {
    WebhookCall call =
        new WebhookCall(
            this, stanza, webhookId, attempt, System.nanoTime(), settings.timeout(), sink);
    sink.onCancel(call::abandon);
    try {
      if (disposed) {
        // The pool would open itself again.
        sink.success(failures.closed());
        return;
      }
      if (!openCalls.add(call)) {
        sink.success(failures.busy(openCalls.limit()));
        return;
      }
      if (call.hasEnded()) {
        openCalls.remove(call);
        return;
      }
      Flux<WebhookResult> exchange = constantExchange;
      (exchange != null ? exchange : exchange(url.path(stanza))).subscribe(call);
    } catch (RuntimeException e) {
      // The loops are shut down, or the like: a result as any other, for the caller.
      call.onError(e);
    }
  }

  /** Reads a 200. */
  WebhookResult read(
      Stanza stanza,
      @Nullable String contentType,
      @Nullable String contentEncoding,
      ResponseBody body) {
    try {
      if (contentEncoding != null && body.length() > 0) {
        ReplyReader.checkEncoding(contentEncoding);
      }
      return rules.answered(stanza, 200, reader.read(contentType, body.bytes(), body.length()));
    } catch (UnreadableResponseException e) {
      return rules.unusable(
          stanza,
          200,
          new DroppedReply(
              DroppedReply.Reason.UNREADABLE, String.valueOf(e.getMessage()), body.beginning()));
    }
  }

  /**
   * Judges a 2xx other than 200 that has a body, which is no reply. Some mean one: that is said,
   * once for each status.
   */
  WebhookResult acknowledged(Stanza stanza, int status, @Nullable String contentType) {
    WebhookResult.Answered answered = rules.answered(stanza, status, List.of());
    if (!ReplyReader.isReplyType(contentType) || !hinted.add(status)) {
      return answered;
    }
    return answered.withHint(
        ("%s answered with status %d and a body of Content-Type '%s', which is no reply: only a 200"
                + " is. To reply, have the webhook answer 200; if it means none, all is well")
            .formatted(url, status, Quoted.of(String.valueOf(contentType))));
  }

  /** Judges a status other than 200. */
  WebhookResult judge(Stanza stanza, int status, @Nullable String retryAfter, String beginning) {
    return status >= 200 && status < 300
        ? rules.answered(stanza, status, List.of())
        : failures.status(status, RetryAfter.parse(retryAfter, clock.instant()), beginning);
  }

  /** A 200 with more bytes than allowed. */
  WebhookResult tooLarge(Stanza stanza, ResponseBody.TooLarge why) {
    return rules.unusable(
        stanza,
        200,
        new DroppedReply(
            DroppedReply.Reason.TOO_LARGE, String.valueOf(why.getMessage()), why.beginning()));
  }

  Silence silence() {
    return silence;
  }

  CallFailures failures() {
    return failures;
  }

  OpenCalls openCalls() {
    return openCalls;
  }

  int maxResponse() {
    return settings.maxResponse();
  }

  Duration timeout() {
    return settings.timeout();
  }

  /** Takes what may change while calls are made, for attempts that begin from now on. */
  public void change(WebhookSettings next) {
    settings = next;
  }

  private long tickNanos() {
    long part = timeout().toNanos() / TICKS_PER_TIMEOUT;
    return Math.min(MAX_TICK.toNanos(), Math.max(MIN_TICK.toNanos(), part));
  }

  /**
   * Closes the connections: idle ones now, others once their call ended. Calls that begin later
   * fail.
   */
  public Mono<Void> dispose() {
    return Mono.defer(
        () -> {
          disposed = true;
          return connections.disposeLater().doFinally(signal -> resolver.close());
        });
  }
}
