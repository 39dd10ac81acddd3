package io.stanzahook.webhook;

import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The time in whole seconds, as text that is written once a second and not for each request. Any
 * thread may call it.
 */
final class Timestamps {
  private record Second(long number, String text) {}

  private final Clock clock;
  private volatile Second last = new Second(0, "0");

  Timestamps(Clock clock) {
    this.clock = clock;
  }

  /** Seconds since 1970, now. */
  String now() {
    long number = TimeUnit.MILLISECONDS.toSeconds(clock.millis());
    Second known = last;
    if (known.number() != number) {
      known = new Second(number, Long.toString(number));
      last = known;
    }
    return known.text();
  }
}
