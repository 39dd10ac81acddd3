package io.stanzahook.order;

/**
 * Finds the number of calls in flight beyond which further calls only wait longer in front of the
 * webhook.
 *
 * <p>It looks at calls in windows. It compares the mean time of a window with the time of calls
 * that do not wait. If it is not much longer, the limit grows. Otherwise the limit shrinks in
 * proportion (a gradient, as in TCP Vegas). The time of calls that do not wait cannot be measured
 * while the webhook is busy. So now and then, and whenever calls take surprisingly long, the limit
 * is halved for a moment to measure it. If the webhook then answers nearly as many a second as
 * before, the other half only waited, and the limit is halved again. If calls become hardly faster,
 * that is the time that they take without waiting.
 *
 * <p>It uses means, not minimums: a webhook answers some messages at once and others after a long
 * time, and the quickest says nothing about the rest.
 */
public final class AdaptiveLimit implements ConcurrencyLimit {
  /**
   * The limit at the start, and the minimum for a slow webhook that does not say that this is too
   * much. If calls take seconds, the limit changes slowly, so with fewer calls the webhook would be
   * idle for an hour.
   */
  public static final int FIRST = 64;

  /** A webhook is slow if its calls take longer than this. */
  static final long SLOW_NANOS = 1_000_000_000;

  /** The minimum length of a window. */
  static final long WINDOW_NANOS = 200_000_000;

  /**
   * The minimum number of calls in a window. A window also has at least as many calls as the limit.
   */
  private static final int MIN_CALLS = 10;

  /** How many times longer calls may take without the limit shrinking. */
  private static final double TOLERANCE = 2;

  /** The limit after a window is at least this part of the limit before it. */
  private static final double STEEPEST = 0.7;

  /**
   * The factor for the limit after a window in which more than a tenth of the calls showed
   * overload.
   */
  private static final double BACK_OFF = 0.7;

  private static final double MUCH_OVERLOAD = 0.1;

  /** The number of windows between two measurements of calls that do not wait. */
  private static final int PROBE_EVERY = 50;

  /** The number of windows before the first measurement. */
  private static final int FIRST_PROBE_AFTER = 8;

  /** If calls take this many times longer, the next measurement is due at once. */
  private static final double SURPRISE = 4;

  /** A measurement is also due if the limit has shrunk to this part since the last one. */
  private static final double MUCH_LOWER = 0.5;

  /** The minimum number of windows between two such measurements. */
  private static final int MIN_BETWEEN_SURPRISES = 3;

  /** The limit was too high if calls under half of it take no more than this part of their time. */
  private static final double ONLY_WAITED = 0.65;

  /**
   * However often the limit is halved in a row, at least this part of the calls a second remains.
   */
  private static final double STILL_ANSWERED = 0.9;

  /** How much less it may be for a single call; the more calls, the less is due to chance. */
  private static final double CHANCE = 1.5;

  /** How much longer calls may take at the start while the limit is still doubled. */
  private static final double STILL_STARTING = 1.5;

  /** A limit that has come so far is not doubled any more. */
  private static final int MAX_DOUBLED = 1024;

  private enum Phase {
    STEADY,
    /** The limit is halved, and calls that began before are still ending. */
    SETTLING,
    /** The limit is halved, and calls are timed. */
    PROBING
  }

  private double limit = FIRST;
  private Phase phase = Phase.STEADY;

  /** Nothing has shown yet that there are too many calls. */
  private boolean starting = true;

  /**
   * Nothing was in flight. The next window shows only how calls get going, so it does not count.
   */
  private boolean idle;

  private double limitBeforeProbe;
  private double nanosBeforeProbe;

  /** Calls a nanosecond before the first of the measurements that follow one another. */
  private double rateBeforeProbes;

  /** The mean time of calls that do not wait; 0 until the first window has ended. */
  private double unhinderedNanos;

  /** The first measurement comes soon, because the first calls open connections and are slow. */
  private int windowsSinceProbe = PROBE_EVERY - FIRST_PROBE_AFTER;

  private long windowStart;
  private int done;
  private int overloaded;
  private double nanosOfDone;
  private boolean full;

  AdaptiveLimit(long now) {
    this.windowStart = now;
  }

  @Override
  public int limit() {
    return (int) limit;
  }

  @Override
  public void callEnded(long now, long nanos, int inFlight, boolean isOverloaded) {
    if (isOverloaded) {
      overloaded++;
    } else {
      done++;
      nanosOfDone += nanos;
    }
    full |= inFlight >= limit();
    if (idle && done + overloaded == 1) {
      windowStart = now;
    }
    if (inFlight <= 1 && limit() > 1 && !isOverloaded) {
      pauses(now);
    } else if (done + overloaded >= Math.max(MIN_CALLS, limit()) && lastsLongEnough(now)) {
      if (idle) {
        idle = false;
      } else {
        windowEnds();
      }
      begin(now);
    }
  }

  private void begin(long now) {
    windowStart = now;
    done = 0;
    overloaded = 0;
    nanosOfDone = 0;
    full = false;
  }

  /** Nothing is in flight any more. A measurement that is under way ends without a result. */
  private void pauses(long now) {
    idle = true;
    if (phase != Phase.STEADY) {
      phase = Phase.STEADY;
      set(limitBeforeProbe);
    }
    begin(now);
  }

  /** Whether the calls have ended that began under the limit of the window before. */
  private boolean lastsLongEnough(long now) {
    double lasted = now - windowStart;
    return lasted >= WINDOW_NANOS && (done == 0 || lasted >= nanosOfDone / done);
  }

  private void windowEnds() {
    if (overloaded > MUCH_OVERLOAD * (done + overloaded)) {
      set((phase == Phase.STEADY ? limit : limitBeforeProbe) * BACK_OFF);
      phase = Phase.STEADY;
      starting = false;
      return;
    }
    double mean = nanosOfDone / done;
    switch (phase) {
      case SETTLING -> phase = Phase.PROBING;
      case PROBING -> {
        double part = STILL_ANSWERED - CHANCE / Math.sqrt(done);
        boolean answersAsMany = limit / mean > part * rateBeforeProbes;
        if (mean < ONLY_WAITED * nanosBeforeProbe
            && answersAsMany
            && limit >= 2 * Concurrency.MIN) {
          halve(mean);
          return;
        }
        phase = Phase.STEADY;
        windowsSinceProbe = 0;
        unhinderedNanos = mean;
        set(limitBeforeProbe);
      }
      case STEADY -> steady(mean);
    }
  }

  private void steady(double mean) {
    if (unhinderedNanos == 0) {
      unhinderedNanos = mean;
    }
    windowsSinceProbe++;
    if (mean > SLOW_NANOS && limit <= FIRST && !starting) {
      // It may have this many calls anyway, so a measurement with fewer would tell nothing.
      unhinderedNanos = Math.min(unhinderedNanos, mean);
      if (full) {
        grow(mean);
      }
      return;
    }
    if (starting && mean > SLOW_NANOS) {
      start(mean);
      return;
    }
    starting = false;
    if (!full) {
      // A limit that is not reached tells nothing.
      return;
    }
    boolean strange = mean > SURPRISE * unhinderedNanos || limit < limitBeforeProbe * MUCH_LOWER;
    boolean surprised = strange && windowsSinceProbe >= MIN_BETWEEN_SURPRISES;
    if (surprised || windowsSinceProbe >= PROBE_EVERY) {
      rateBeforeProbes = limit / mean;
      halve(mean);
    } else {
      grow(mean);
    }
  }

  /**
   * Doubles the limit as long as calls take no longer for it. A window of a slow webhook lasts as
   * long as its calls do: by roots alone, it would take minutes to come to hundreds of calls.
   */
  private void start(double mean) {
    if (mean > STILL_STARTING * unhinderedNanos) {
      starting = false;
      set(Math.max(FIRST, limit / 2));
      return;
    }
    unhinderedNanos = Math.min(unhinderedNanos, mean);
    if (full) {
      set(2 * limit);
      starting = limit < MAX_DOUBLED;
    }
  }

  /** Changes the limit by as much as the webhook bears. */
  private void grow(double mean) {
    double gradient = Math.max(STEEPEST, Math.min(1, TOLERANCE * unhinderedNanos / mean));
    // The root lets small limits grow soon. It also keeps a few calls waiting, which shows when the
    // webhook gets faster.
    double next = limit * gradient + Math.sqrt(limit);
    set(mean > SLOW_NANOS ? Math.max(next, Math.min(limit, FIRST)) : next);
  }

  private void halve(double mean) {
    nanosBeforeProbe = mean;
    limitBeforeProbe = limit;
    phase = Phase.SETTLING;
    set(mean > SLOW_NANOS ? Math.max(FIRST, limit / 2) : limit / 2);
  }

  private void set(double next) {
    limit = Math.max(Concurrency.MIN, Math.min(Concurrency.MAX, next));
  }
}
