package io.stanzahook.delivery;

import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Failed;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Decides by the cause whether another attempt follows a failed one, and when: exponential backoff
 * with full jitter, not before the webhook's {@code Retry-After}, and never after the time is over.
 *
 * <p>Immutable; as thread-safe as its source of random numbers.
 */
final class RetryPolicy {
  /** The longest delay after the first attempt. */
  static final Duration FIRST_DELAY = Duration.ofMillis(200);

  /** By which factor the next delay may be longer. */
  static final int FACTOR = 2;

  /**
   * No delay is longer than this part of the time for retries. Otherwise the end of that time would
   * not be used.
   */
  static final int PARTS = 8;

  /** The result of {@link #delay} if there is no further attempt. */
  static final long NEVER = -1;

  private static final int GONE = 410;

  private final RetrySettings settings;
  private final DoubleSupplier random;

  /** A policy with random numbers from 0 to less than 1. */
  RetryPolicy(RetrySettings settings, DoubleSupplier random) {
    this.settings = settings;
    this.random = random;
  }

  /** The same with other settings. */
  RetryPolicy with(RetrySettings next) {
    return new RetryPolicy(next, random);
  }

  /** How long a delivery is tried from its first attempt on. */
  Duration retryFor() {
    return settings.retryFor();
  }

  /** Whether the cause is worth another attempt, if there is time for one. */
  boolean isWorthIt(Failed failed) {
    return switch (failed.outcome()) {
      case NOT_SENT, UNKNOWN -> true;
      case UNDECODABLE -> false;
      case ANSWERED -> failed.status() != GONE && settings.statuses().contains(failed.status());
      case HELD_BACK -> failed.retryAfter() != null;
    };
  }

  /** Whether the webhook refused a request because of its content. 410 is about all requests. */
  boolean isRefusal(Failed failed) {
    return failed.outcome() == WebhookResult.Outcome.ANSWERED
        && failed.status() != GONE
        && !isWorthIt(failed);
  }

  /**
   * When the next attempt is to begin.
   *
   * @param attempts made so far
   * @param left nanoseconds from now in which it may begin
   * @return nanoseconds from now, at most {@code left}; or {@link #NEVER}
   */
  long delay(Failed failed, int attempts, long left) {
    if (left <= 0 || !isWorthIt(failed)) {
      return NEVER;
    }
    Duration retryAfter = failed.retryAfter();
    long least = retryAfter == null ? 0 : retryAfter.toNanos();
    if (least > left) {
      return NEVER;
    }
    long spread = (long) (random.getAsDouble() * longest(attempts));
    if (least > 0) {
      // Attempts that were told the same moment are spread after it, but are not too late.
      return least + Math.min(spread, left - least);
    }
    return spread > left ? NEVER : spread;
  }

  /** The longest random delay after this many attempts, in nanoseconds. */
  long longest(int attempts) {
    long most = Math.min(settings.maxWait().toNanos(), settings.retryFor().toNanos() / PARTS);
    long delay = FIRST_DELAY.toNanos();
    for (int i = 1; i < attempts && delay < most; i++) {
      delay *= FACTOR;
    }
    return Math.min(delay, most);
  }
}
