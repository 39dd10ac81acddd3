package io.stanzahook.stream;

import io.stanzahook.wire.StreamCondition.Cause;
import java.time.Duration;
import java.util.function.LongUnaryOperator;

/**
 * How long to wait before the next connection: a short random delay at first, then up to twice as
 * much each time with full jitter, at most a minute; from the start again only after a minute's
 * stable connection, while one of half a minute takes off half of the delay. After a fault of
 * configuration never sooner than a minute.
 *
 * <p>Not thread-safe.
 */
final class ReconnectPolicy {
  static final Duration FIRST = Duration.ofMillis(500);
  static final Duration MAX_DELAY = Duration.ofSeconds(60);
  static final Duration STABLE = Duration.ofSeconds(60);

  /** No attempt follows another at once, whatever the dice say. */
  static final Duration MIN_DELAY = Duration.ofMillis(50);

  private final LongUnaryOperator random;
  private long ceilingMillis = FIRST.toMillis();

  /**
   * Starts with the shortest delay.
   *
   * @param random gives a number from 0 up to its argument, inclusive
   */
  ReconnectPolicy(LongUnaryOperator random) {
    this.random = random;
  }

  /**
   * The delay before the next attempt.
   *
   * @param up how long the connection that ended was authenticated; zero where it never was
   */
  Duration next(Cause fault, Duration up) {
    // In proportion, so that a server lost once a minute does not drive the delay up for ever.
    double left = Math.max(0, 1 - (double) up.toMillis() / STABLE.toMillis());
    ceilingMillis = Math.max(FIRST.toMillis(), (long) (ceilingMillis * left));
    long delay = Math.max(MIN_DELAY.toMillis(), random.applyAsLong(ceilingMillis));
    ceilingMillis = Math.min(2 * ceilingMillis, MAX_DELAY.toMillis());
    return fault == Cause.CONFIGURATION
        ? MAX_DELAY.plusMillis(delay % 1000)
        : Duration.ofMillis(delay);
  }
}
