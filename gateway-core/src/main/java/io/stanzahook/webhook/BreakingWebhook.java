package io.stanzahook.webhook;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.IllegalStateTransitionException;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.webhook.WebhookResult.Failed;
import io.stanzahook.webhook.WebhookResult.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A webhook whose endpoint is left alone while it is down: once most of the last calls failed, no
 * call is made for a moment, then a few, to see. What is not called ends at once with {@link
 * Outcome#HELD_BACK}, which costs neither a connection nor time.
 *
 * <p>An endpoint that answered 410 is not called any more until {@link #reopen} (Standard Webhooks:
 * it wants no more). That holds for a URL that is the same for all stanzas; where the URL takes a
 * part from the stanza, 410 speaks of that part only, and closes nothing.
 *
 * <p>Any thread may call; nothing waits, and there is no timer: time is looked at with each call.
 */
public final class BreakingWebhook implements Webhook {
  /** Opens where at least so many of a hundred calls failed, */
  static final int FAILURE_RATE = 50;

  /** of so many last ones, */
  static final int WINDOW = 50;

  /** once there were so many. */
  static final int LEAST_CALLS = 20;

  /** No call is made for this long at first, then twice as long each time, */
  static final Duration FIRST_WAIT = Duration.ofMillis(250);

  /** up to this: far below what deliveries are retried for, so that none misses the end. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /** Calls let through to see whether the endpoint is back. */
  static final int PROBES = 3;

  /** As many more are let through where those have not ended by then: it may just be slow. */
  static final Duration PROBES_AGAIN = Duration.ofSeconds(1);

  /** How long those are held back that come while it is seen. */
  static final Duration WHILE_PROBING = Duration.ofMillis(100);

  /** A call that nobody waits for any more has failed, if it took this long. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Statuses by which what stands before the webhook says that it is not there. */
  private static final Set<Integer> AWAY = Set.of(502, 503, 504, 520, 521, 522, 523, 524, 530);

  private static final int GONE = 410;

  /** The library lets calls through once the moment is past. */
  private static final int MILLISECOND_AFTER = 1;

  private static final String NO_ANSWER = "no answer";

  private final Webhook webhook;
  private final String endpoint;
  private final boolean mayBeGone;
  private final BreakerListener listener;
  private final Clock clock;
  private final CircuitBreaker breaker;
  private final AtomicBoolean gone = new AtomicBoolean();

  /** Counts changes of state: how a call ended says nothing about a state it did not begin in. */
  private final AtomicInteger era = new AtomicInteger();

  /** Successes in a row, up to {@link #WINDOW}: more of them tell the breaker nothing. */
  private final AtomicInteger successes = new AtomicInteger();

  /** By the clock, in milliseconds: when the breaker is to let calls through again. */
  private volatile long openUntil;

  private volatile long probesAgainAt;

  /** A breaker before a webhook, closed. */
  public BreakingWebhook(Webhook webhook, WebhookSettings settings, BreakerListener listener) {
    this(webhook, settings.postUrl(), listener, System::nanoTime);
  }

  BreakingWebhook(
      Webhook webhook, UrlTemplate url, BreakerListener listener, LongSupplier nanoTime) {
    this.webhook = webhook;
    this.endpoint = url.toString();
    this.mayBeGone = url.constantPath() != null;
    this.listener = listener;
    this.clock = new SteadyClock(nanoTime);
    this.breaker =
        CircuitBreaker.of(
            endpoint,
            CircuitBreakerConfig.custom()
                .clock(clock)
                .slidingWindow(
                    WINDOW,
                    LEAST_CALLS,
                    SlidingWindowType.COUNT_BASED,
                    // The lock-free one links its measurements to a list that outgrows a young
                    // generation: each that grew old keeps its followers, though long dead.
                    SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                .recordResult(BreakingWebhook::isDown)
                .failureRateThreshold(FAILURE_RATE)
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                .waitIntervalFunctionInOpenState(this::opens)
                .writableStackTraceEnabled(false)
                .build());
    breaker.getEventPublisher().onStateTransition(event -> changed(event.getStateTransition()));
  }

  @Override
  public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
    return new GuardedCall(this, webhook.post(stanza, webhookId, attempt));
  }

  /** Why no call may be made now; null where one may, and then it counts as begun. */
  @Nullable Failed refusal() {
    if (gone.get()) {
      return heldBack(StatusErrors.of(GONE), "it answered with status 410 before", null);
    }
    return mayCall()
        ? null
        : heldBack(StatusErrors.UNREACHABLE, "most of the last calls failed", left());
  }

  /** The time that a call begins at, for {@link #abandoned}. */
  long now() {
    return clock.millis();
  }

  /** The state that a call begins in, for {@link #ended} or {@link #abandoned}. */
  int era() {
    return era.get();
  }

  /** Where the breaker stands. */
  public BreakerState state() {
    return gone.get() ? BreakerState.OPEN : state(breaker.getState());
  }

  /** The configuration has changed: an endpoint that was gone may be asked again. */
  public void reopen() {
    gone.set(false);
  }

  private boolean mayCall() {
    if (breaker.tryAcquirePermission()) {
      return true;
    }
    if (breaker.getState() != CircuitBreaker.State.HALF_OPEN || clock.millis() < probesAgainAt) {
      return false;
    }
    probesAgainAt = clock.millis() + PROBES_AGAIN.toMillis();
    try {
      breaker.transitionToHalfOpenState();
    } catch (IllegalStateTransitionException e) {
      // A result has closed it just now.
    }
    return breaker.tryAcquirePermission();
  }

  private Failed heldBack(StanzaError error, String why, @Nullable Duration wait) {
    return new Failed(Outcome.HELD_BACK, 0, error, endpoint + " is not called: " + why, wait);
  }

  private Duration left() {
    return breaker.getState() == CircuitBreaker.State.OPEN
        ? Duration.ofMillis(Math.max(0, openUntil - clock.millis()) + MILLISECOND_AFTER)
        : WHILE_PROBING;
  }

  /** A call ended. */
  void ended(WebhookResult result, int began) {
    Failed failed = result instanceof Failed failure ? failure : null;
    if (mayBeGone && failed != null && failed.status() == GONE && gone.compareAndSet(false, true)) {
      listener.endpointGone(endpoint);
    }
    if (era.get() == began && isNews(result)) {
      breaker.onResult(0, TimeUnit.NANOSECONDS, result);
    }
  }

  /** Whether the result can change what the breaker knows: it looks at the last calls only. */
  private boolean isNews(WebhookResult result) {
    if (isDown(result)) {
      successes.set(0);
      return true;
    }
    if (successes.get() >= WINDOW) {
      return false;
    }
    successes.incrementAndGet();
    return true;
  }

  /**
   * Nobody waits for a call any more: the time of an iq is over, or the gateway ends.
   *
   * @param since when it began
   */
  void abandoned(int began, long since) {
    if (era.get() != began) {
      return;
    }
    if (now() - since < PATIENCE.toMillis()) {
      breaker.releasePermission();
    } else {
      successes.set(0);
      breaker.onResult(0, TimeUnit.NANOSECONDS, NO_ANSWER);
    }
  }

  private static boolean isDown(Object result) {
    return result == NO_ANSWER
        || (result instanceof Failed failed
            && (!failed.outcome().isAnswer() || AWAY.contains(failed.status())));
  }

  /**
   * The breaker opens.
   *
   * @param time the how manieth in a row, from 1
   * @return for how long, in milliseconds
   */
  private long opens(int time) {
    long wait = FIRST_WAIT.toMillis();
    for (int i = 1; i < time && wait < LONGEST_WAIT.toMillis(); i++) {
      wait *= 2;
    }
    wait = Math.min(wait, LONGEST_WAIT.toMillis());
    openUntil = clock.millis() + wait;
    return wait;
  }

  private void changed(StateTransition change) {
    BreakerState before = state(change.getFromState());
    BreakerState after = state(change.getToState());
    if (after == BreakerState.HALF_OPEN) {
      probesAgainAt = clock.millis() + PROBES_AGAIN.toMillis();
    }
    if (before != after) {
      successes.set(0);
      era.incrementAndGet();
      listener.breakerChanged(endpoint, before, after);
    }
  }

  private static BreakerState state(CircuitBreaker.State state) {
    return switch (state) {
      case OPEN, FORCED_OPEN -> BreakerState.OPEN;
      case HALF_OPEN -> BreakerState.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> BreakerState.CLOSED;
    };
  }
}
