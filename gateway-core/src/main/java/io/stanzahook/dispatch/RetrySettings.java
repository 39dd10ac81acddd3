package io.stanzahook.dispatch;

import java.time.Duration;
import java.util.Set;

/**
 * Which deliveries are tried again, and for how long.
 *
 * @param retryFor from the start of the first attempt on; zero for one attempt only
 * @param statuses those statuses of a response that are worth another attempt; 410 never is
 */
public record RetrySettings(Duration retryFor, Set<Integer> statuses) {
  /** Unless set otherwise: longer than an attempt may take, so that a time-out has a second one. */
  public static final Duration DEFAULT_RETRY_FOR = Duration.ofSeconds(60);

  /**
   * Unless set otherwise: the webhook, or what stands before it, says "not now". From 520 on those
   * of Cloudflare's proxies that no page registers.
   */
  public static final Set<Integer> DEFAULT_STATUSES =
      Set.of(408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530);

  /** What there is unless set otherwise. */
  public static final RetrySettings DEFAULT =
      new RetrySettings(DEFAULT_RETRY_FOR, DEFAULT_STATUSES);

  /** One attempt. */
  public static final RetrySettings NEVER = new RetrySettings(Duration.ZERO, DEFAULT_STATUSES);

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public RetrySettings {
    checkRetryFor(retryFor);
    statuses = Set.copyOf(statuses);
  }

  /**
   * Checks the time.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public static void checkRetryFor(Duration retryFor) {
    if (retryFor.isNegative()) {
      throw new IllegalArgumentException("retry_for must not be negative");
    }
  }

  /** These with another time. */
  public RetrySettings withRetryFor(Duration next) {
    return new RetrySettings(next, statuses);
  }
}
