package io.stanzahook.webhook;

import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.StatusErrors;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A webhook whose endpoint is not called while it is down. After most of the last calls failed, no
 * call is made for a moment, and then a few (see {@link Breaker}). A call that is not made ends at
 * once with {@link Outcome#HELD_BACK}, and costs neither a connection nor time.
 *
 * <p>An endpoint that answered 410 is not called again until {@link #reopen} (Standard Webhooks: it
 * wants no more). This applies to a URL that is the same for all stanzas. If the URL has a part of
 * the stanza, 410 is about that part only.
 *
 * <p>Any thread may call it, and none waits.
 */
final class BreakingWebhook implements Webhook {
  /** How long a call is held back while others find out whether the endpoint is back. */
  static final Duration WHILE_PROBING = Duration.ofMillis(100);

  /** A call that nobody waits for any more counts as failed if it took this long. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Statuses by which a proxy says that the webhook is not there. */
  private static final Set<Integer> AWAY = Set.of(502, 503, 504, 520, 521, 522, 523, 524, 530);

  private static final int GONE = 410;

  private final Webhook webhook;
  private final String endpoint;
  private final boolean mayBeGone;
  private final Consumer<EndpointEvent> listener;
  private final LongSupplier nanoTime;
  private final Breaker breaker;
  private final LongAdder answered;
  private final AtomicBoolean gone = new AtomicBoolean();

  /** When it answered 410. Written before {@link #gone}. */
  private volatile long goneSince;

  /** How the last call ended that counts against the endpoint. */
  private volatile String lastError = "";

  private final Map<String, LongAdder> ends = new TreeMap<>();

  /**
   * A breaker before a webhook, closed.
   *
   * @param url of the webhook
   * @param name the webhook's in logs and metrics
   * @param hasPeers whether other webhooks can take its calls
   */
  BreakingWebhook(
      Webhook webhook,
      UrlTemplate url,
      String name,
      boolean hasPeers,
      Consumer<EndpointEvent> listener,
      LongSupplier nanoTime) {
    this.webhook = webhook;
    this.endpoint = name;
    this.mayBeGone = url.constantPath() != null;
    this.listener = listener;
    this.nanoTime = nanoTime;
    for (String outcome : WebhookEndpoint.OUTCOMES) {
      ends.put(outcome, new LongAdder());
    }
    this.answered = Objects.requireNonNull(ends.get(WebhookEndpoint.OK));
    this.breaker =
        new Breaker(
            hasPeers,
            nanoTime,
            (before, after) ->
                listener.accept(new EndpointEvent.BreakerChanged(endpoint, before, after)));
  }

  @Override
  public GuardedCall post(Stanza stanza, String webhookId, int attempt) {
    return new GuardedCall(this, webhook.post(stanza, webhookId, attempt));
  }

  /** A call with a batch: it counts as one. */
  GuardedCall post(Batch batch) {
    return new GuardedCall(this, Objects.requireNonNull(webhook.batching()).post(batch));
  }

  /** Whether a call would be made now. */
  boolean isReady() {
    return !gone.get() && breaker.isReady();
  }

  /** How many of the last calls failed in a row. */
  int failuresInARow() {
    return breaker.failuresInARow();
  }

  /** Why no call may be made now; null if one may. Then it counts as begun. */
  @Nullable Failed refusal() {
    if (gone.get()) {
      return heldBack(StatusErrors.of(GONE), "it answered with status 410 before", null);
    }
    if (breaker.begin()) {
      return null;
    }
    Duration left = breaker.left();
    return heldBack(
        StatusErrors.UNREACHABLE,
        "most of the last calls failed",
        left.isZero() ? WHILE_PROBING : left);
  }

  private Failed heldBack(StanzaError error, String why, @Nullable Duration wait) {
    return new Failed(Outcome.HELD_BACK, 0, error, endpoint + " is not called: " + why, wait);
  }

  /** The time at which a call begins, for {@link #abandoned}. */
  long now() {
    return nanoTime.getAsLong();
  }

  /** The era in which a call begins, for {@link #ended} or {@link #abandoned}. */
  int era() {
    return breaker.era();
  }

  /** The state of the breaker. */
  BreakerState state() {
    return gone.get() ? BreakerState.OPEN : breaker.state();
  }

  /** Why calls are held back; null if none are. */
  @Nullable EndpointOutage outage() {
    if (gone.get()) {
      return new EndpointOutage(Duration.ofNanos(now() - goneSince), lastError, null);
    }
    Duration down = breaker.down();
    boolean answers = breaker.state() == BreakerState.HALF_OPEN && breaker.failuresInARow() == 0;
    return down == null || answers ? null : new EndpointOutage(down, lastError, breaker.left());
  }

  /** The next calls are made at once, even if the endpoint has answered 410. */
  void tryNow() {
    gone.set(false);
    breaker.tryNow();
  }

  /** The configuration has changed, so an endpoint that answered 410 may be called again. */
  void reopen() {
    gone.set(false);
  }

  /** A call ended. */
  void ended(WebhookResult result, int began) {
    Failed failed = result instanceof Failed failure ? failure : null;
    if (mayBeGone && failed != null && failed.status() == GONE && !gone.get()) {
      goneSince = now();
      lastError = failed.detail();
      if (gone.compareAndSet(false, true)) {
        listener.accept(new EndpointEvent.Gone(endpoint));
      }
    }
    LongAdder count = failed == null ? answered : ends.get(failed.outcome().label());
    if (count != null) {
      count.increment();
    }
    if (failed != null && isDown(failed)) {
      lastError = failed.detail();
      breaker.ended(true, began);
    } else {
      breaker.ended(false, began);
    }
  }

  /** How many calls ended with this outcome. */
  long calls(String outcome) {
    LongAdder count = ends.get(outcome);
    return count == null ? 0 : count.sum();
  }

  private static boolean isDown(Failed failed) {
    return !failed.outcome().isAnswer() || AWAY.contains(failed.status());
  }

  /**
   * Nobody waits for a call any more, because the time of an iq is over or the gateway ends.
   *
   * @param since when it began
   */
  void abandoned(int began, long since) {
    if (now() - since < PATIENCE.toNanos()) {
      breaker.released(began);
    } else {
      breaker.ended(true, began);
    }
  }
}
