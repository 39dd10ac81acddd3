package io.stanzahook.rooms;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before a room is entered again: a second at first, and then twice as long each
 * time, up to a minute. If a person has to act first, five minutes up to an hour. Half of each wait
 * is random, so that attempts do not come all at once.
 */
final class ReentryPolicy {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration MAX = Duration.ofMinutes(1);
  static final Duration FIRST_LASTING = Duration.ofMinutes(5);
  static final Duration MAX_LASTING = Duration.ofHours(1);

  /** After this time in a room, waits start again with the shortest one. */
  static final Duration STABLE = Duration.ofMinutes(10);

  /** When the stream is back, rooms are entered again within this time, each in its share of it. */
  static final Duration MAX_SPREAD = Duration.ofSeconds(5);

  private static final Duration SPREAD = Duration.ofMillis(5);

  private final DoubleSupplier random;

  /**
   * Waits with a random part.
   *
   * @param random from 0 to 1
   */
  ReentryPolicy(DoubleSupplier random) {
    this.random = random;
  }

  /**
   * The wait.
   *
   * @param attempts how often it was tried before
   */
  Duration wait(LossReason reason, int attempts) {
    Duration first = reason.isLasting() ? FIRST_LASTING : FIRST;
    Duration most = reason.isLasting() ? MAX_LASTING : MAX;
    long millis = Math.min(most.toMillis(), first.toMillis() << Math.min(attempts, 20));
    return Duration.ofMillis((long) (millis * (1 + random.getAsDouble()) / 2));
  }

  /** The wait after the stream came back, where so many are to be entered. */
  Duration spread(int rooms) {
    long most = Math.min(MAX_SPREAD.toMillis(), SPREAD.toMillis() * rooms);
    return Duration.ofMillis((long) (most * random.getAsDouble()));
  }
}
