package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.BatchReader;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.Quoted;
import io.stanzahook.exchange.ReplyReader;
import io.stanzahook.exchange.ReplyRules;
import io.stanzahook.exchange.RequestWriter;
import io.stanzahook.exchange.RetryAfter;
import io.stanzahook.exchange.UnreadableResponseException;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.net.Names;
import io.stanzahook.signing.RequestSigner;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.trace.TraceContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.LoopResources;
import reactor.util.context.ContextView;

/**
 * Calls a webhook over HTTP/1.1: one POST for each attempt, without redirects and retries of its
 * own. Connections are kept alive in a pool.
 *
 * <p>{@link #post} may be subscribed to on any thread. It costs least on an event loop of the given
 * loop resources, which then has the connections that it opens. Results come on an event loop.
 */
final class WebhookClient implements Webhook, Batching {
  private static final AsciiString WEBHOOK_ID = AsciiString.cached("webhook-id");
  private static final AsciiString WEBHOOK_TIMESTAMP = AsciiString.cached("webhook-timestamp");
  private static final AsciiString WEBHOOK_ATTEMPT = AsciiString.cached("webhook-attempt");
  private static final AsciiString WEBHOOK_SIGNATURE = AsciiString.cached("webhook-signature");
  private static final AsciiString WEBHOOK_BATCH = AsciiString.cached("webhook-batch");
  private static final String FIRST = "1";
  private static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  private static final AsciiString TRACESTATE = AsciiString.cached("tracestate");

  private static final Duration MIN_TICK = Duration.ofMillis(5);
  private static final Duration MAX_TICK = Duration.ofMillis(250);

  /** An attempt may last longer than its time by one of this many parts of it. */
  private static final int TICKS_PER_TIMEOUT = 64;

  private volatile WebhookSettings settings;
  private final UrlTemplate url;
  private final RequestWriter writer;
  private final @Nullable RequestSigner signer;
  private final ReplyReader reader;
  private final BatchReader batchReader;
  private final ReplyRules rules;
  private final LoopResources loops;
  private final Names names;
  private final @Nullable Recorder recorder;
  private final OpenCalls openCalls;
  private final Clock clock = Clock.systemUTC();
  private final Timestamps timestamps = new Timestamps(clock);

  /** Statuses for which the log has said that their bodies are not replies. There are few 2xx. */
  private final Set<Integer> hinted = ConcurrentHashMap.newKeySet();

  /** Whether the log has said that the webhook does not know batches. */
  private final AtomicBoolean toldOfBatches = new AtomicBoolean();

  private volatile CallFailures failures;
  private volatile Hosts hosts;
  private volatile boolean disposed;

  /** Sees the responses, in addition to the caller. */
  interface Recorder {
    /** A whole response came. Called on its event loop. */
    void answered(HttpClientResponse head, Connection from, ResponseBody body);
  }

  /**
   * Connects to nothing yet, but may read the JDK's trust store.
   *
   * @param settings whose first URL counts
   * @param domain the component's domain, which replies must come from
   * @param loops the event loops to use; not disposed of here
   * @param names not closed here
   */
  WebhookClient(WebhookSettings settings, String domain, LoopResources loops, Names names) {
    this(settings, domain, loops, names, null);
  }

  WebhookClient(
      WebhookSettings settings,
      String domain,
      LoopResources loops,
      Names names,
      @Nullable Recorder recorder) {
    this.settings = settings;
    this.url = settings.postUrl();
    this.loops = loops;
    this.names = names;
    this.recorder = recorder;
    this.writer = settings.format().writer();
    this.reader = new ReplyReader(settings.maxResponse(), settings.maxReplies(), settings.format());
    this.signer = RequestSigner.of(settings.signingKeys());
    this.rules = new ReplyRules(domain);
    this.batchReader =
        new BatchReader(settings.maxResponse(), settings.maxReplies(), settings.format(), rules);
    this.failures = failures(settings);
    this.openCalls =
        new OpenCalls(
            Schedulers.fromExecutorService(loops.onClient(LoopResources.DEFAULT_NATIVE).next()),
            System::nanoTime,
            this::tickNanos,
            2 * settings.maxConnections());
    this.hosts = new Hosts(this, url, settings, names);
  }

  private CallFailures failures(WebhookSettings next) {
    Connecting connecting = next.connecting();
    return new CallFailures(url.toString(), connecting.own() != null, connecting.proxy(url));
  }

  /** A request is written. If it is that of a call, the call is told. */
  static void sent(HttpClientRequest request) {
    WebhookCall call = request.currentContextView().getOrDefault(WebhookCall.class, null);
    if (call != null) {
      call.sent();
    }
  }

  static WebhookCall call(ContextView context) {
    return context.get(WebhookCall.class);
  }

  /** Writes the request of the call in its context. */
  Publisher<Void> send(HttpClientRequest request, NettyOutbound out) {
    // Read once, because it is found through the connection.
    ContextView context = request.currentContextView();
    WebhookCall call = call(context);
    out.withConnection(call::sending);
    if (call.hasEnded()) {
      return Mono.error(new CancellationException("nobody waits for the call any more"));
    }
    Batch batch = call.batch();
    ByteBuf body =
        batch == null ? writer.write(call.stanza(), out.alloc()) : writer.write(batch, out.alloc());
    String timestamp = timestamps.now();
    HttpHeaders headers = request.requestHeaders();
    if (batch != null) {
      headers.set(WEBHOOK_BATCH, Integer.toString(batch.size()));
    }
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
      Batch batch = call.batch();
      TraceContext own =
          batch == null
              ? settings.tracing().of(call.webhookId(), call.attempt())
              : BatchTrace.of(settings.tracing(), batch);
      headers.set(TRACEPARENT, own.header());
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
    return Mono.create(
        sink -> start(new WebhookCall(this, stanza, webhookId, attempt, settings.timeout(), sink)));
  }

  @Override
  public @Nullable Batching batching() {
    return settings.format().hasBatches() ? this : null;
  }

  @Override
  public Mono<WebhookResult> post(Batch batch) {
    return Mono.create(sink -> start(new WebhookCall(this, batch, settings.timeout(), sink)));
  }

  @Override
  public @Nullable Object destination(Stanza stanza) {
    return url.constantPath() == null ? url.path(stanza) : null;
  }

  @Override
  public int bound(Stanza stanza) {
    return writer.bound(stanza);
  }

  @Override
  public int size(Batch batch) {
    return Batching.sizeOf(writer.write(batch, UnpooledByteBufAllocator.DEFAULT));
  }

  private void start(WebhookCall call) {
    MonoSink<WebhookResult> sink = call.sink();
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
      Hosts all = hosts;
      Host host = all.choose(call.began());
      if (host != null) {
        call.goTo(host, all);
      } else {
        all.whenKnown().subscribe(known -> call.goTo(known, all), call::onError);
      }
    } catch (RuntimeException e) {
      // The loops are shut down, for example. For the caller this is a result like any other.
      call.onError(e);
    }
  }

  /** Reads a 200. */
  WebhookResult read(
      Stanza stanza,
      @Nullable String contentType,
      @Nullable String contentEncoding,
      ResponseBody body) {
    if (!settings.replies()) {
      return rules.answered(stanza, 200, List.of());
    }
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

  /** Reads a 200 to a batch. */
  WebhookResult read(
      Batch batch,
      @Nullable String contentType,
      @Nullable String contentEncoding,
      ResponseBody body) {
    if (body.length() == 0) {
      return batchReader.taken(batch, 200);
    }
    try {
      if (contentEncoding != null) {
        ReplyReader.checkEncoding(contentEncoding);
      }
      return batchReader.read(
          batch,
          contentType,
          body.bytes(),
          body.length(),
          settings.replies(),
          body.beginning(),
          (status, retryAfter) -> failures.item(status, retryAfter));
    } catch (UnreadableResponseException e) {
      if (!settings.replies()) {
        return batchReader.taken(batch, 200);
      }
      return batchReader.unusable(batch, unreadable(batch, e, body));
    }
  }

  private DroppedReply unreadable(Batch batch, UnreadableResponseException why, ResponseBody body) {
    String detail = String.valueOf(why.getMessage());
    boolean told = false;
    if (why instanceof BatchReader.NotBatchedException) {
      // It is the same each time, and has a remedy, so the log says it once.
      told = !toldOfBatches.compareAndSet(false, true);
      detail =
          ("%s does not know batches: it answered an array of %d with one object. Have it take the"
                  + " array and answer with an array of as many elements, or set ‹batch› to 1")
              .formatted(url, batch.size());
    }
    return new DroppedReply(DroppedReply.Reason.UNREADABLE, detail, body.beginning(), told);
  }

  /** Judges a status of a batch. With a 2xx other than 200, all its stanzas are taken. */
  WebhookResult judge(Batch batch, int status, @Nullable String retryAfter, String beginning) {
    return status >= 200 && status < 300
        ? batchReader.taken(batch, status)
        : failures.status(status, RetryAfter.parse(retryAfter, clock.instant()), beginning);
  }

  /** A 200 to a batch with more bytes than allowed. */
  WebhookResult tooLarge(Batch batch, ResponseBody.TooLarge why) {
    return batchReader.unusable(
        batch,
        new DroppedReply(
            DroppedReply.Reason.TOO_LARGE, String.valueOf(why.getMessage()), why.beginning()));
  }

  /** The largest response to a batch. */
  int maxResponse(Batch batch) {
    return batchReader.maxResponse(batch.size());
  }

  /**
   * Judges a 2xx other than 200 that has a body, which is not a reply. If it looks as if it should
   * be one, the log says so, once for each status.
   */
  WebhookResult acknowledged(Stanza stanza, int status, @Nullable String contentType) {
    WebhookResult.Answered answered = rules.answered(stanza, status, List.of());
    if (!settings.replies() || !ReplyReader.isReplyType(contentType) || !hinted.add(status)) {
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

  /** Path and query for a stanza. */
  String path(Stanza stanza) {
    return url.path(stanza);
  }

  LoopResources loops() {
    return loops;
  }

  @Nullable Recorder recorder() {
    return recorder;
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

  /** Calls in flight. */
  int inFlight() {
    return openCalls.size();
  }

  /**
   * Applies settings that may change while calls are made, to attempts that begin from now on. If
   * certificates change, this may read the JDK's trust store.
   *
   * @param next settings whose first URL is the same
   */
  void change(WebhookSettings next) {
    boolean otherwise = !next.connecting().equals(settings.connecting());
    settings = next;
    if (otherwise) {
      Hosts before = hosts;
      failures = failures(next);
      hosts = new Hosts(this, url, next, names);
      before.dispose().subscribe(done -> {}, error -> {});
    }
  }

  private long tickNanos() {
    long part = timeout().toNanos() / TICKS_PER_TIMEOUT;
    return Math.min(MAX_TICK.toNanos(), Math.max(MIN_TICK.toNanos(), part));
  }

  /**
   * Closes the connections: idle ones now, and others when their call has ended. Calls that begin
   * later fail.
   */
  Mono<Void> dispose() {
    return Mono.defer(
        () -> {
          disposed = true;
          return hosts.dispose();
        });
  }
}
