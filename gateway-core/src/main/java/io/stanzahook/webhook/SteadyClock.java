package io.stanzahook.webhook;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that only goes forward, and no faster than time: of {@link System#nanoTime} or the like.
 * A breaker must not stay open for an hour because somebody set the computer's clock back.
 */
final class SteadyClock extends Clock {
  private final LongSupplier nanoTime;
  private final long start;

  SteadyClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - start);
  }
}
