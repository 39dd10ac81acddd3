package io.stanzahook.app.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts wrong credentials by address. The first few are answered at once. Later answers wait, and
 * when too many wait, further requests are refused. Right credentials never wait: otherwise a
 * stranger could lock out everybody behind the same proxy.
 *
 * <p>Any thread may call it.
 */
final class Guesses {
  /** Wrong credentials in a {@link #WINDOW} that are answered at once. */
  static final int MAX_AT_ONCE = 10;

  /** Answers to one address that may wait. Beyond it, the answer is 429. */
  static final int MAX_WAITING = 32;

  /** Remembered addresses. Beyond it, the one whose last guess is oldest is forgotten. */
  static final int MAX_ADDRESSES = 4096;

  static final Duration WINDOW = Duration.ofMinutes(1);

  /** How long an answer waits. */
  static final Duration WAIT = Duration.ofSeconds(1);

  /** What to do with an answer. */
  enum Verdict {
    AT_ONCE,
    LATER,
    REFUSED
  }

  private static final class Seen {
    private long since;
    private int count;
    private int waiting;
  }

  private final InstantSource clock;

  private final Map<String, Seen> byAddress =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  Guesses(InstantSource clock) {
    this.clock = clock;
  }

  /** Counts one. After {@link Verdict#LATER}, the caller must call {@link #answered}. */
  synchronized Verdict wrong(String address) {
    long now = clock.millis();
    Seen seen = byAddress.computeIfAbsent(address, key -> new Seen());
    if (now - seen.since >= WINDOW.toMillis()) {
      seen.since = now;
      seen.count = 0;
    }
    seen.count++;
    if (seen.count <= MAX_AT_ONCE) {
      return Verdict.AT_ONCE;
    }
    if (seen.waiting >= MAX_WAITING) {
      return Verdict.REFUSED;
    }
    seen.waiting++;
    return Verdict.LATER;
  }

  /** A waiting answer was sent, or its connection ended. */
  synchronized void answered(String address) {
    Seen seen = byAddress.get(address);
    if (seen != null && seen.waiting > 0) {
      seen.waiting--;
    }
  }
}
