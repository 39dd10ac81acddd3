package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.ErrorCondition;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final long HOUR = Duration.ofHours(1).toNanos();

  private static RetryPolicy policy(Duration retryFor, double random) {
    return new RetryPolicy(
        Settings.with(RetrySettings.DEFAULT, "retry-for", retryFor), () -> random);
  }

  private static Failed failed(Outcome outcome, int status, @Nullable Duration retryAfter) {
    return new Failed(
        outcome, status, ErrorCondition.REMOTE_SERVER_TIMEOUT.error("x"), "x", retryAfter);
  }

  @Property
  void aDelayEndsWithinTheTimeThereIs_andNotBeforeRetryAfter(
      @ForAll @LongRange(min = 0, max = 200_000) long retryForMillis,
      @ForAll @LongRange(min = -1000, max = 200_000) long leftMillis,
      @ForAll @IntRange(min = 0, max = 100) int attempts,
      @ForAll @LongRange(min = -1, max = 300_000) long retryAfterMillis,
      @ForAll @DoubleRange(min = 0, max = 0.99) double random) {
    Duration retryAfter = retryAfterMillis < 0 ? null : Duration.ofMillis(retryAfterMillis);
    long left = Duration.ofMillis(leftMillis).toNanos();
    RetryPolicy policy = policy(Duration.ofMillis(retryForMillis), random);

    long delay = policy.delay(failed(Outcome.UNKNOWN, 0, retryAfter), attempts, left);

    if (delay == RetryPolicy.NEVER) {
      // Given up only where there was no time: for the delay at its longest, or for Retry-After.
      long least = Math.max(policy.longest(attempts), Math.max(0, retryAfterMillis) * 1_000_000);
      assertThat(left).isLessThanOrEqualTo(least);
    } else {
      assertThat(delay).isBetween(Math.max(0, retryAfterMillis) * 1_000_000, left);
      assertThat(delay - Math.max(0, retryAfterMillis) * 1_000_000)
          .isLessThanOrEqualTo(policy.longest(attempts));
    }
  }

  @Property
  void theLongestDelayGrowsUpToItsBounds(
      @ForAll @LongRange(min = 1, max = 1_000_000_000) long retryForMillis,
      @ForAll @IntRange(min = 1, max = 1000) int attempts) {
    RetryPolicy policy = policy(Duration.ofMillis(retryForMillis), 0);
    assertThat(policy.longest(attempts))
        .isPositive()
        .isGreaterThanOrEqualTo(policy.longest(attempts - 1))
        .isLessThanOrEqualTo(RetrySettings.DEFAULT_MAX_WAIT.toNanos())
        .isLessThanOrEqualTo(
            Duration.ofMillis(retryForMillis).dividedBy(RetryPolicy.PARTS).toNanos());
  }

  @Test
  void noWaitIsLongerThanTheSettingSays() {
    RetrySettings settings =
        new RetrySettings(
            Duration.ofHours(1), RetrySettings.DEFAULT_STATUSES, Duration.ofSeconds(3));
    RetryPolicy policy = new RetryPolicy(settings, () -> 0);
    assertThat(
            IntStream.of(1, 4, 5, 99).mapToObj(n -> Duration.ofNanos(policy.longest(n)).toMillis()))
        .containsExactly(200L, 1600L, 3000L, 3000L);
  }

  @Test
  void theFirstDelaysDouble() {
    RetryPolicy policy = policy(Duration.ofHours(1), 0);
    assertThat(
            IntStream.of(1, 2, 3, 4, 9, 10, 99)
                .mapToObj(n -> Duration.ofNanos(policy.longest(n)).toMillis()))
        .containsExactly(200L, 400L, 800L, 1600L, 51_200L, 60_000L, 60_000L);
  }

  @Test
  void theCauseDecides() {
    RetryPolicy policy = policy(Duration.ofSeconds(10), 0);
    assertThat(policy.isWorthIt(failed(Outcome.NOT_SENT, 0, null))).isTrue();
    assertThat(policy.isWorthIt(failed(Outcome.UNKNOWN, 0, null))).isTrue();
    assertThat(policy.isWorthIt(failed(Outcome.UNKNOWN, 200, null))).isTrue();
    assertThat(policy.isWorthIt(failed(Outcome.UNDECODABLE, 0, null))).isFalse();
    assertThat(policy.isWorthIt(failed(Outcome.UNDECODABLE, 200, null))).isFalse();
    assertThat(policy.isWorthIt(failed(Outcome.HELD_BACK, 0, Duration.ofMillis(1)))).isTrue();
    assertThat(policy.isWorthIt(failed(Outcome.HELD_BACK, 0, null))).isFalse();
    for (int status = 300; status < 600; status++) {
      assertThat(policy.isWorthIt(failed(Outcome.ANSWERED, status, Duration.ZERO)))
          .as("%d", status)
          .isEqualTo(
              Set.of(408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530).contains(status));
    }
  }

  @Test
  void aListOfStatusesReplacesTheUsualOne_butGoneIsGone() {
    RetryPolicy policy =
        new RetryPolicy(new RetrySettings(Duration.ofSeconds(10), Set.of(410, 500)), () -> 0);
    assertThat(policy.isWorthIt(failed(Outcome.ANSWERED, 500, null))).isTrue();
    assertThat(policy.isWorthIt(failed(Outcome.ANSWERED, 503, null))).isFalse();
    assertThat(policy.isWorthIt(failed(Outcome.ANSWERED, 410, null))).isFalse();
    assertThat(policy.isWorthIt(failed(Outcome.UNKNOWN, 0, null))).isTrue();
  }

  @Test
  void withoutTimeThereIsNoFurtherAttempt() {
    assertThat(policy(Duration.ZERO, 0).delay(failed(Outcome.NOT_SENT, 0, null), 1, 0))
        .isEqualTo(RetryPolicy.NEVER);
    assertThat(
            policy(Duration.ofHours(1), 0)
                .delay(failed(Outcome.ANSWERED, 503, Duration.ofHours(2)), 1, HOUR))
        .isEqualTo(RetryPolicy.NEVER);
  }
}
