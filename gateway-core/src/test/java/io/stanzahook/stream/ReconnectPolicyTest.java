package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.wire.StreamCondition.Cause;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Conformance A8 and A10. */
class ReconnectPolicyTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  @Test
  void a10_theCeilingDoublesUpToAMinute() {
    ReconnectPolicy policy = new ReconnectPolicy(most -> most);
    assertThat(policy.next(Cause.TRANSIENT, Duration.ZERO)).hasMillis(500);
    assertThat(policy.next(Cause.TRANSIENT, Duration.ZERO)).hasMillis(1000);
    assertThat(policy.next(Cause.OUR_OUTPUT, Duration.ZERO)).hasMillis(2000);
    for (int i = 0; i < 10; i++) {
      // Taken, and closed at once: that is no reason to come sooner.
      policy.next(Cause.TRANSIENT, SHORT);
    }
    assertThat(policy.next(Cause.TRANSIENT, Duration.ZERO)).hasSeconds(60);
  }

  @Test
  void a10_onlyAMinuteOfStabilityStartsAnew() {
    ReconnectPolicy policy = new ReconnectPolicy(most -> most);
    for (int i = 0; i < 5; i++) {
      policy.next(Cause.TRANSIENT, Duration.ZERO);
    }
    assertThat(policy.next(Cause.TRANSIENT, Duration.ZERO)).hasSeconds(16);
    assertThat(policy.next(Cause.TRANSIENT, Duration.ofSeconds(60))).hasMillis(500);
  }

  @Test
  void a10_aPartOfAMinuteTakesOffAsMuchOfTheDelay() {
    ReconnectPolicy policy = new ReconnectPolicy(most -> most);
    for (int i = 0; i < 5; i++) {
      policy.next(Cause.TRANSIENT, Duration.ZERO);
    }
    assertThat(policy.next(Cause.TRANSIENT, Duration.ofSeconds(45))).hasSeconds(4);
    assertThat(policy.next(Cause.TRANSIENT, Duration.ofSeconds(59))).hasMillis(500);
  }

  @Test
  void a8_afterAFaultOfConfigurationNotSoonerThanAMinute() {
    ReconnectPolicy policy = new ReconnectPolicy(most -> 0);
    assertThat(policy.next(Cause.CONFIGURATION, Duration.ZERO))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(60));
  }

  @Property
  void a10_fullJitterWithinTheCeilingAndNeverAtOnce(@ForAll long seed) {
    Random random = new Random(seed);
    ReconnectPolicy policy = new ReconnectPolicy(most -> random.nextLong(most + 1));
    long ceiling = 500;
    for (int i = 0; i < 12; i++) {
      assertThat(policy.next(Cause.TRANSIENT, Duration.ZERO))
          .isBetween(Duration.ofMillis(50), Duration.ofMillis(ceiling));
      ceiling = Math.min(60_000, 2 * ceiling);
    }
  }
}
