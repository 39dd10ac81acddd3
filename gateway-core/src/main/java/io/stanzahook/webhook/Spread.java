package io.stanzahook.webhook;

import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Spreads calls over several equal endpoints: each goes to the less busy of two random ones. An
 * endpoint whose breaker is open gets no calls. A further attempt goes to one whose last call did
 * not fail, if there is one. A call is held back only if no endpoint may be called.
 *
 * <p>Any thread may call it.
 */
final class Spread implements Webhook {
  private final Endpoint[] endpoints;

  /** Whether all stanzas go to the same paths. */
  private final boolean constant;

  /** Over these endpoints, at least one. */
  Spread(List<Endpoint> endpoints) {
    this.endpoints = endpoints.toArray(Endpoint[]::new);
    this.constant = endpoints.stream().allMatch(each -> each.url().constantPath() != null);
  }

  @Override
  public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
    if (endpoints.length == 1) {
      return endpoints[0].breaking().post(stanza, webhookId, attempt);
    }
    return new SpreadCall(
        attempt, endpoint -> endpoint.breaking().post(stanza, webhookId, attempt));
  }

  /** A call with a batch, to one of them. */
  Mono<WebhookResult> post(Batch batch) {
    if (endpoints.length == 1) {
      return endpoints[0].breaking().post(batch);
    }
    return new SpreadCall(batch.attempt(), endpoint -> endpoint.breaking().post(batch));
  }

  /** Stanzas with equal destinations may be in one batch; null if all may. */
  @Nullable Object destination(Stanza stanza) {
    if (constant) {
      return null;
    }
    StringBuilder paths = new StringBuilder();
    for (Endpoint endpoint : endpoints) {
      paths.append(endpoint.url().path(stanza)).append('\n');
    }
    return paths.toString();
  }

  /** Whether all stanzas go to the same paths. */
  boolean isConstant() {
    return constant;
  }

  /** Whether it is over the same endpoints. */
  boolean isSame(Spread other) {
    return Arrays.equals(endpoints, other.endpoints);
  }

  /** The endpoint that is asked first. */
  private int choose(int attempt) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int one = random.nextInt(endpoints.length);
    int other = (one + 1 + random.nextInt(endpoints.length - 1)) % endpoints.length;
    boolean oneIsReady = isGood(one, attempt);
    boolean otherIsReady = isGood(other, attempt);
    if (oneIsReady && otherIsReady) {
      return endpoints[one].inFlight() <= endpoints[other].inFlight() ? one : other;
    }
    if (oneIsReady || otherIsReady) {
      return oneIsReady ? one : other;
    }
    return any(one, attempt);
  }

  /** The next one that is ready, after one that is not; any one if none is ready. */
  private int any(int start, int attempt) {
    int ready = start;
    for (int i = 1; i < endpoints.length; i++) {
      int next = (start + i) % endpoints.length;
      if (isGood(next, attempt)) {
        return next;
      }
      if (endpoints[next].breaking().isReady()) {
        ready = next;
      }
    }
    return ready;
  }

  private boolean isGood(int index, int attempt) {
    BreakingWebhook breaking = endpoints[index].breaking();
    return breaking.isReady() && (attempt == 1 || breaking.failuresInARow() == 0);
  }

  /** A call to the endpoint that is chosen when it is subscribed to. */
  private final class SpreadCall extends Mono<WebhookResult> {
    private final int attempt;
    private final Function<Endpoint, GuardedCall> post;

    private SpreadCall(int attempt, Function<Endpoint, GuardedCall> post) {
      this.attempt = attempt;
      this.post = post;
    }

    @Override
    public void subscribe(CoreSubscriber<? super WebhookResult> actual) {
      int first = choose(attempt);
      Failed refusal = null;
      for (int i = 0; i < endpoints.length; i++) {
        Endpoint endpoint = endpoints[(first + i) % endpoints.length];
        Failed refused = post.apply(endpoint).subscribeUnlessRefused(actual);
        if (refused == null) {
          return;
        }
        refusal = sooner(refusal, refused);
      }
      Mono.<WebhookResult>justOrEmpty(refusal).subscribe(actual);
    }
  }

  /** The refusal that ends sooner. That of an endpoint that wants no more calls never ends. */
  private static Failed sooner(@Nullable Failed one, Failed other) {
    if (one == null || one.retryAfter() == null) {
      return other;
    }
    Duration others = other.retryAfter();
    return others != null && others.compareTo(one.retryAfter()) < 0 ? other : one;
  }
}
