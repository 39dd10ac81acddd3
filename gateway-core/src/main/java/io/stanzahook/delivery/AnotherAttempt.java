package io.stanzahook.delivery;

import io.stanzahook.exchange.WebhookResult.Failed;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The next attempt for deliveries whose call failed: at one time for all that take part. Those with
 * the least time left are left out until another attempt fits into the time of the others.
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
    for (List<Delivery> again = policy.isWorthIt(failed) ? all : List.of(); ; ) {
      long least = again.stream().mapToLong(left).min().orElse(0);
      int attempts = again.stream().mapToInt(each -> each.attempt).max().orElse(0);
      long delay = policy.delay(failed, attempts, least);
      if (delay != RetryPolicy.NEVER || again.isEmpty()) {
        return new AnotherAttempt(again, delay);
      }
      again = again.stream().filter(each -> left.applyAsLong(each) > least).toList();
    }
  }
}
