package io.stanzahook.delivery;

import io.stanzahook.exchange.WebhookResult.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The next attempt for deliveries whose batch failed: at one time for all that take part. Those
 * with the least time left are left out until another attempt fits into the time of the others.
 *
 * @param those who take part, in their order; nobody if another attempt does not help
 * @param delay nanoseconds from now
 */
record AnotherAttempt(List<Delivery> those, long delay) {
  /**
   * Decides; changes nothing.
   *
   * @param left nanoseconds from now in which a delivery's next attempt may begin
   */
  static AnotherAttempt of(
      List<Delivery> all, Failed failed, RetryPolicy policy, ToLongFunction<Delivery> left) {
    List<Delivery> again = all;
    while (!again.isEmpty()) {
      long least = Long.MAX_VALUE;
      int attempts = 0;
      for (Delivery each : again) {
        least = Math.min(least, left.applyAsLong(each));
        attempts = Math.max(attempts, each.attempt);
      }
      long delay = policy.delay(failed, attempts, least);
      if (delay != RetryPolicy.NEVER) {
        return new AnotherAttempt(again, delay);
      }
      List<Delivery> others = new ArrayList<>();
      for (Delivery each : again) {
        if (left.applyAsLong(each) > least) {
          others.add(each);
        }
      }
      again = others;
    }
    return new AnotherAttempt(again, RetryPolicy.NEVER);
  }
}
