package io.stanzahook.delivery;

import io.stanzahook.settings.Setting;
import java.time.Duration;
import java.util.Set;

/**
 * Which deliveries are tried again, and for how long.
 *
 * @param retryFor from the start of the first attempt on; zero for one attempt only
 * @param statuses those statuses of a response that are worth another attempt; 410 never is
 * @param maxWait no wait between two attempts is longer, unless the webhook asks for it
 */
public record RetrySettings(
    @Setting(
            name = "retry-for",
            value = "DURATION",
            fallback = "60s",
            max = 7 * 24 * Setting.HOUR,
            live = true,
            help =
                "how long to retry a stanza, from its first attempt; `0s`: one attempt only; an "
                    + "iq is never retried beyond `--iq-timeout`; with `--spool` and `--cluster`, the "
                    + "default is `72h`, counted from the arrival of the message")
        Duration retryFor,
    @Setting(
            name = "retry-statuses",
            value = "LIST",
            fallback = "408,425,429,502-504,520-524,530",
            help =
                "HTTP statuses of the webhook that are retried, such as `429,500-599`, or "
                    + "`none`; 410 is never retried")
        Set<Integer> statuses,
    @Setting(
            name = "retry-max-wait",
            value = "DURATION",
            fallback = "1m",
            min = 200,
            max = 24 * Setting.HOUR,
            live = true,
            help =
                "the longest wait between two attempts, unless the webhook asks for a longer "
                    + "one; waits start at 200 ms and double, and each is shortened at random")
        Duration maxWait) {
  /** Unless set otherwise: longer than an attempt may take, so that a time-out has a second one. */
  public static final Duration DEFAULT_RETRY_FOR = Duration.ofSeconds(60);

  /**
   * Unless set otherwise, where messages are kept in a spool or a cluster: a webhook may be down
   * for a long weekend.
   */
  public static final Duration DEFAULT_RETRY_FOR_IF_KEPT = Duration.ofDays(3);

  /**
   * Unless set otherwise: the webhook, or what stands before it, says "not now". From 520 on those
   * of Cloudflare's proxies that no page registers.
   */
  public static final Set<Integer> DEFAULT_STATUSES =
      Set.of(408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530);

  /** Unless set otherwise: a webhook that is back gets its messages within a minute. */
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofMinutes(1);

  /** What there is unless set otherwise. */
  public static final RetrySettings DEFAULT =
      new RetrySettings(DEFAULT_RETRY_FOR, DEFAULT_STATUSES);

  /** One attempt. */
  public static final RetrySettings NEVER = new RetrySettings(Duration.ZERO, DEFAULT_STATUSES);

  public RetrySettings {
    statuses = Set.copyOf(statuses);
  }

  /** With the usual longest wait. */
  public RetrySettings(Duration retryFor, Set<Integer> statuses) {
    this(retryFor, statuses, DEFAULT_MAX_WAIT);
  }
}
