package io.stanzahook.delivery;

import io.stanzahook.webhook.WebhookResult;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;

/** Takes one attempt's result, and tells which attempt of which delivery it is from. */
final class CallSubscriber extends BaseSubscriber<WebhookResult> {
  private final Delivery delivery;
  private final Ended ended;

  /** Is told on whatever thread the result comes. */
  interface Ended {
    /**
     * An attempt ended.
     *
     * @param call which one: a delivery may have gone on to another since
     * @param result null where there is none
     */
    void called(Delivery delivery, CallSubscriber call, @Nullable WebhookResult result);
  }

  CallSubscriber(Delivery delivery, Ended ended) {
    this.delivery = delivery;
    this.ended = ended;
  }

  @Override
  protected void hookOnNext(WebhookResult result) {
    ended.called(delivery, this, result);
  }

  @Override
  protected void hookOnComplete() {
    ended.called(delivery, this, null);
  }

  @Override
  protected void hookOnError(Throwable error) {
    ended.called(delivery, this, null);
  }
}
