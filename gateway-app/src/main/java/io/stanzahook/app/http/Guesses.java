package io.stanzahook.app.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often wrong credentials came from an address. The first few are answered at once; the others
 * wait, and past a number of those that wait further ones are refused. Right credentials never
 * wait: else a stranger could keep out everybody who comes through the same proxy.
 *
 * <p>Any thread may call it.
 */
final class Guesses {
  /** Wrong ones that are answered at once, in each {@link #WINDOW}. */
  static final int MAX_AT_ONCE = 10;

  /** Answers to one address that wait at a time; further ones are 429. */
  static final int MAX_WAITING = 32;

  /** Addresses that are remembered; the one longest without a guess is forgotten. */
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

  /** Notes one more; where it says {@link Verdict#LATER}, {@link #answered} has to follow. */
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

  /** One that waited was answered, or its connection ended. */
  synchronized void answered(String address) {
    Seen seen = byAddress.get(address);
    if (seen != null && seen.waiting > 0) {
      seen.waiting--;
    }
  }
}
