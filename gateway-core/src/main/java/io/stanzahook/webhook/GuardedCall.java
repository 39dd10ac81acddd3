package io.stanzahook.webhook;

import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Failed;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A call behind the breaker. It asks the breaker when it is subscribed to, and reports how the call
 * ended. It is one operator, because three of Reactor's cost as much as the breaker itself.
 */
final class GuardedCall extends Mono<WebhookResult> {
  private final BreakingWebhook breaker;
  private final Mono<WebhookResult> call;

  GuardedCall(BreakingWebhook breaker, Mono<WebhookResult> call) {
    this.breaker = breaker;
    this.call = call;
  }

  @Override
  public void subscribe(CoreSubscriber<? super WebhookResult> actual) {
    Failed refusal = subscribeUnlessRefused(actual);
    if (refusal != null) {
      Mono.<WebhookResult>just(refusal).subscribe(actual);
    }
  }

  /** Makes the call. If the breaker refuses it, returns why and does nothing. */
  @Nullable Failed subscribeUnlessRefused(CoreSubscriber<? super WebhookResult> actual) {
    Failed refusal = breaker.refusal();
    if (refusal == null) {
      call.subscribe(new Guard(breaker, breaker.era(), actual));
    }
    return refusal;
  }

  /** Between the call and its subscriber. */
  private static final class Guard implements CoreSubscriber<WebhookResult>, Subscription {
    private final BreakingWebhook breaker;
    private final int began;
    private final long since;
    private final CoreSubscriber<? super WebhookResult> actual;
    private Subscription upstream = Operators.emptySubscription();

    Guard(BreakingWebhook breaker, int began, CoreSubscriber<? super WebhookResult> actual) {
      this.breaker = breaker;
      this.began = began;
      this.since = breaker.now();
      this.actual = actual;
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      upstream = subscription;
      actual.onSubscribe(this);
    }

    @Override
    public void onNext(WebhookResult result) {
      breaker.ended(result, began);
      actual.onNext(result);
    }

    @Override
    public void onError(Throwable error) {
      actual.onError(error);
    }

    @Override
    public void onComplete() {
      actual.onComplete();
    }

    @Override
    public void request(long more) {
      upstream.request(more);
    }

    @Override
    public void cancel() {
      breaker.abandoned(began, since);
      upstream.cancel();
    }
  }
}
