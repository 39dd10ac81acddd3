package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnotherAttemptTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final RetryPolicy POLICY = new RetryPolicy(RetrySettings.DEFAULT, () -> 0.999999);

  private static Failed failed(int status, @Nullable Duration retryAfter) {
    return new Failed(
        Outcome.ANSWERED,
        status,
        ErrorCondition.REMOTE_SERVER_TIMEOUT.error("Away."),
        "away",
        retryAfter);
  }

  private static Delivery delivery(int number) {
    Stanza stanza = DispatcherFixture.message("a@b", "" + number);
    Delivery delivery =
        new Delivery(stanza, "w" + number, 0, ConversationKey.of(stanza), true, unused -> {});
    delivery.calling(0);
    return delivery;
  }

  private static AnotherAttempt decided(Map<Delivery, Long> left, List<Delivery> all, Failed how) {
    return AnotherAttempt.of(all, how, POLICY, left::get);
  }

  @Test
  void allTakePartIfAllHaveTime() {
    List<Delivery> all = List.of(delivery(1), delivery(2));
    AnotherAttempt another = AnotherAttempt.of(all, failed(503, null), POLICY, each -> 60 * SECOND);
    assertThat(another.those()).isEqualTo(all);
    assertThat(another.delay()).isBetween(0L, SECOND);
  }

  @Test
  void whoHasNoTimeUntilTheWebhookWantsItIsLeftOut() {
    Delivery hurried = delivery(1);
    Delivery patient = delivery(2);
    AnotherAttempt another =
        decided(
            Map.of(hurried, 5 * SECOND, patient, 60 * SECOND),
            List.of(hurried, patient),
            failed(503, Duration.ofSeconds(30)));
    assertThat(another.those()).containsExactly(patient);
    assertThat(another.delay()).isGreaterThanOrEqualTo(30 * SECOND);
  }

  @Test
  void nobodyTakesPartIfAnotherAttemptDoesNotHelp() {
    AnotherAttempt another =
        AnotherAttempt.of(
            List.of(delivery(1), delivery(2)), failed(404, null), POLICY, each -> 60 * SECOND);
    assertThat(another.those()).isEmpty();
    assertThat(another.delay()).isEqualTo(RetryPolicy.NEVER);
  }

  @Property(tries = 200)
  void theNextAttemptIsInTimeForAllThatTakePartAndTheOthersHaveLessTime(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = -5, max = 60) Integer> seconds,
      @ForAll @IntRange(min = 0, max = 40) int retryAfter) {
    List<Delivery> all = new ArrayList<>();
    Map<Delivery, Long> left = new HashMap<>();
    for (int i = 0; i < seconds.size(); i++) {
      all.add(delivery(i));
      left.put(all.get(i), seconds.get(i) * SECOND);
    }
    AnotherAttempt another = decided(left, all, failed(503, Duration.ofSeconds(retryAfter)));
    for (Delivery each : all) {
      if (another.those().contains(each)) {
        assertThat(another.delay()).isBetween(0L, left.get(each));
      } else {
        for (Delivery taken : another.those()) {
          assertThat(left.get(each)).isLessThan(left.get(taken));
        }
      }
    }
    if (seconds.stream().anyMatch(each -> each > retryAfter)) {
      assertThat(another.those()).isNotEmpty();
    }
  }
}
