package io.stanzahook.webhook;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.CallFailures.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.context.Context;

/**
 * One attempt in flight. It subscribes to the HTTP exchange, knows how far that got, and gives
 * exactly one result: the response, a failure, or the deadline, whichever comes first.
 *
 * <p>The exchange runs on the connection's event loop. Deadline and cancellation come on any
 * thread. The client's callbacks find the call by its key in the Reactor context, so that no client
 * has to be configured for each request.
 */
final class WebhookCall implements CoreSubscriber<WebhookResult>, OpenCalls.Expiring {
  private static final AtomicReferenceFieldUpdater<WebhookCall, @Nullable Subscription> EXCHANGE =
      AtomicReferenceFieldUpdater.newUpdater(WebhookCall.class, Subscription.class, "exchange");

  // These two are written lazily, which costs less than a volatile write. They are read when a call
  // is cut short, and may then have the value of a moment before.
  private static final AtomicReferenceFieldUpdater<WebhookCall, @Nullable HttpClientResponse>
      RESPONSE =
          AtomicReferenceFieldUpdater.newUpdater(
              WebhookCall.class, HttpClientResponse.class, "response");
  private static final AtomicReferenceFieldUpdater<WebhookCall, @Nullable Progress> PROGRESS =
      AtomicReferenceFieldUpdater.newUpdater(WebhookCall.class, Progress.class, "progress");

  private static final AtomicReferenceFieldUpdater<WebhookCall, @Nullable Host> HOST =
      AtomicReferenceFieldUpdater.newUpdater(WebhookCall.class, Host.class, "host");

  private final WebhookClient client;

  /** The first stanza of a batch: all of them go to the same place. */
  private final Stanza stanza;

  private final @Nullable Batch batch;
  private final String webhookId;
  private final int attempt;
  private final long began;
  private final long deadlineNanos;
  private final MonoSink<WebhookResult> sink;
  private final Context context;
  private final AtomicBoolean ended = new AtomicBoolean();

  @SuppressWarnings("UnusedVariable") // Read and written through EXCHANGE.
  private volatile @Nullable Subscription exchange;

  /**
   * The loop of the connection, if there is one. It is kept here because a connection that has
   * ended shows a channel without a loop.
   */
  private volatile @Nullable EventLoop loop;

  private volatile @Nullable HttpClientResponse response;

  /** Where it goes; null if it goes nowhere. Who sets it to null ends the call there. */
  private volatile @Nullable Host host;

  /**
   * The hosts that {@link #host} was chosen from. Written, like the next one, before the exchange.
   */
  private @Nullable Hosts hosts;

  /** The hosts that accepted no connection. */
  private List<Host> tried = List.of();

  /** How far it got; null if there is no connection. */
  private volatile @Nullable Progress progress;

  WebhookCall(
      WebhookClient client,
      Stanza stanza,
      String webhookId,
      int attempt,
      Duration timeout,
      MonoSink<WebhookResult> sink) {
    this(client, stanza, null, webhookId, attempt, timeout, sink);
  }

  WebhookCall(WebhookClient client, Batch batch, Duration timeout, MonoSink<WebhookResult> sink) {
    this(client, batch.stanza(0), batch, batch.id(), batch.attempt(), timeout, sink);
  }

  private WebhookCall(
      WebhookClient client,
      Stanza stanza,
      @Nullable Batch batch,
      String webhookId,
      int attempt,
      Duration timeout,
      MonoSink<WebhookResult> sink) {
    this.client = client;
    this.stanza = stanza;
    this.batch = batch;
    this.webhookId = webhookId;
    this.attempt = attempt;
    this.began = System.nanoTime();
    this.deadlineNanos = began + timeout.toNanos();
    this.sink = sink;
    this.context = Context.of(sink.contextView()).put(WebhookCall.class, this);
  }

  Stanza stanza() {
    return stanza;
  }

  /** The batch that is POSTed; null if it is one stanza. */
  @Nullable Batch batch() {
    return batch;
  }

  long began() {
    return began;
  }

  MonoSink<WebhookResult> sink() {
    return sink;
  }

  String webhookId() {
    return webhookId;
  }

  int attempt() {
    return attempt;
  }

  /** Goes to one of these hosts. */
  void goTo(Host to, Hosts all) {
    hosts = all;
    to.begin(began);
    host = to;
    if (ended.get()) {
      leaveHost();
      return;
    }
    Flux<WebhookResult> constant = to.constantExchange();
    (constant != null ? constant : to.exchange(client.path(stanza))).subscribe(this);
  }

  private void leaveHost() {
    Host left = HOST.getAndSet(this, null);
    if (left != null) {
      left.end();
    }
  }

  /** There is a connection, and the request is about to be written to it. */
  void sending(Connection to) {
    PROGRESS.lazySet(this, Progress.SENDING);
    // Written before it is checked whether the call has ended. Who ends it does that in the other
    // order.
    loop = to.channel().eventLoop();
    Host reached = host;
    if (reached != null) {
      reached.connected();
    }
  }

  /** All of the request is written. */
  void sent() {
    PROGRESS.lazySet(this, Progress.SENT);
  }

  /** The response's head is there; its body follows. */
  Publisher<WebhookResult> receive(HttpClientResponse head, Connection from) {
    // A response may overtake the end of the request, for instance a 413.
    PROGRESS.lazySet(this, Progress.SENT);
    RESPONSE.lazySet(this, head);
    Host answering = host;
    if (answering != null) {
      answering.silence().broken();
    }
    boolean whole = head.status().code() == 200 || client.recorder() != null;
    int limit = batch == null ? client.maxResponse() : client.maxResponse(batch);
    int most = whole ? limit : isSuccess(head) ? 0 : ResponseBody.BEGINNING;
    if (head.status().code() == 204
        && head.responseHeaders().contains(HttpHeaderNames.CONTENT_LENGTH)) {
      // RFC 9110 allows neither length nor body here. Who sends the length may also send a body,
      // which would look like the beginning of the next response.
      from.markPersistent(false);
    }
    return from.inbound()
        .receiveObject()
        .collect(() -> new ResponseBody(most, limit), ResponseBody::add)
        .map(body -> received(head, from, body));
  }

  private WebhookResult received(HttpClientResponse head, Connection from, ResponseBody body) {
    WebhookClient.Recorder recorder = client.recorder();
    if (recorder != null) {
      recorder.answered(head, from, body);
    }
    return head.status().code() == 200 ? answer(head, body) : judged(head, body);
  }

  private WebhookResult judged(HttpClientResponse head, ResponseBody body) {
    if (batch == null && isSuccess(head) && body.length() > 0) {
      return client.acknowledged(
          stanza, head.status().code(), head.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE));
    }
    return judged(head, body.beginning());
  }

  private static boolean isSuccess(HttpClientResponse head) {
    return head.status().code() / 100 == 2;
  }

  private WebhookResult answer(HttpClientResponse head, ResponseBody body) {
    HttpHeaders headers = head.responseHeaders();
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
    return batch == null
        ? client.read(stanza, type, encoding, body)
        : client.read(batch, type, encoding, body);
  }

  /** The result if the body does not matter. */
  private WebhookResult judged(HttpClientResponse head, String beginning) {
    int status = head.status().code();
    String retryAfter = head.responseHeaders().get(HttpHeaderNames.RETRY_AFTER);
    return batch == null
        ? client.judge(stanza, status, retryAfter, beginning)
        : client.judge(batch, status, retryAfter, beginning);
  }

  /** The result if the status alone decides it, whatever happens to the body. */
  private @Nullable WebhookResult fixed(String beginning) {
    HttpClientResponse head = response;
    return head == null || head.status().code() == 200 ? null : judged(head, beginning);
  }

  private Progress progress() {
    Progress reached = progress;
    return reached == null ? Progress.CONNECTING : reached;
  }

  private int status() {
    HttpClientResponse head = response;
    return head == null ? 0 : head.status().code();
  }

  @Override
  public Context currentContext() {
    return context;
  }

  @Override
  public void onSubscribe(Subscription s) {
    // After one that failed without a connection, another one may follow.
    if (Operators.replace(EXCHANGE, this, s)) {
      s.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(WebhookResult result) {
    end(result);
  }

  @Override
  public void onError(Throwable failure) {
    if (goesElsewhere(failure)) {
      return;
    }
    String beginning = "";
    if (failure instanceof ResponseBody.TooLarge large) {
      if (status() == 200) {
        end(batch == null ? client.tooLarge(stanza, large) : client.tooLarge(batch, large));
        return;
      }
      beginning = large.beginning();
    }
    WebhookResult fixed = fixed(beginning);
    end(fixed != null ? fixed : client.failures().of(failure, progress(), status()));
  }

  /** If one address accepts no connection, the next one may. */
  private boolean goesElsewhere(Throwable failure) {
    Host failed = host;
    Hosts all = hosts;
    if (progress != null || failed == null || all == null || !(failure instanceof IOException)) {
      return false;
    }
    List<Host> others = new ArrayList<>(tried);
    others.add(failed);
    long now = System.nanoTime();
    Host next = ended.get() ? null : all.another(others, now);
    if (next == null && others.size() == 1) {
      return false;
    }
    failed.failed(now, CallFailures.message(failure));
    if (next == null) {
      return false;
    }
    leaveHost();
    tried = others;
    goTo(next, all);
    return true;
  }

  @Override
  public void onComplete() {
    if (!ended.get()) {
      onError(new IllegalStateException("the exchange ended without a response"));
    }
  }

  /** That of the id, which no other call in flight has, because the JVM's own hash is slower. */
  @Override
  public int hashCode() {
    return webhookId.hashCode();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public void expire() {
    if (ended.compareAndSet(false, true)) {
      noticeSilence();
      WebhookResult fixed = fixed("");
      WebhookResult result =
          fixed != null ? fixed : client.failures().timeout(progress(), status(), client.timeout());
      leave();
      sink.success(result);
    }
  }

  /** Whether it has its result, or nobody waits for one. */
  boolean hasEnded() {
    return ended.get();
  }

  /** Nobody waits for the result any more. */
  void abandon() {
    if (ended.compareAndSet(false, true)) {
      if (System.nanoTime() - began >= BreakingWebhook.PATIENCE.toNanos()) {
        noticeSilence();
      }
      leave();
    }
  }

  private void noticeSilence() {
    Host silent = host;
    if (response == null && progress != null && silent != null) {
      if (silent.silence().noticed(began)) {
        silent.failed(System.nanoTime(), null);
      }
    }
  }

  private void leave() {
    client.openCalls().remove(this);
    leaveHost();
    EventLoop current = loop;
    if (current == null || current.inEventLoop() || current.isShuttingDown()) {
      Operators.terminate(EXCHANGE, this);
    } else {
      // Between the events of the connection. If it were cancelled while a response comes in, the
      // client would lose the buffers that it holds for a subscriber.
      current.execute(() -> Operators.terminate(EXCHANGE, this));
    }
  }

  private void end(WebhookResult result) {
    if (ended.compareAndSet(false, true)) {
      client.openCalls().remove(this);
      leaveHost();
      EventLoop current = loop;
      if (current == null || current.isShuttingDown()) {
        sink.success(result);
      } else {
        // After the current event, the connection is back in the pool. So a call that follows from
        // this result uses it, and opens no other one.
        current.execute(() -> sink.success(result));
      }
    }
  }
}
