package io.stanzahook.exchange;

import io.netty.handler.codec.DateFormatter;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** The {@code Retry-After} header (RFC 9110, 10.2.3). */
public final class RetryAfter {
  /** Longer waits are as good as this one; a number of any length stays computable. */
  static final Duration MAX_DELAY = Duration.ofDays(365);

  private static final int MAX_DIGITS = 9;

  private RetryAfter() {}

  /**
   * How long to wait from now on; zero for a moment gone by, null where the header says nothing.
   */
  public static @Nullable Duration parse(@Nullable String header, Instant now) {
    String value = header == null ? "" : header.strip();
    if (value.isEmpty()) {
      return null;
    }
    if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return value.length() > MAX_DIGITS
          ? MAX_DELAY
          : shortest(Duration.ofSeconds(Long.parseLong(value)));
    }
    Date date = DateFormatter.parseHttpDate(value);
    return date == null ? null : shortest(Duration.between(now, date.toInstant()));
  }

  /** How long to wait, by a JSON number of seconds; null for one that says nothing. */
  static @Nullable Duration seconds(String number) {
    double seconds = Double.parseDouble(number);
    if (Double.isNaN(seconds)) {
      return null;
    }
    double most = MAX_DELAY.toMillis();
    return Duration.ofMillis((long) Math.max(0, Math.min(most, Math.ceil(1_000 * seconds))));
  }

  private static Duration shortest(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : wait;
  }
}
