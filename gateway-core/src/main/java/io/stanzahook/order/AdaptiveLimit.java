package io.stanzahook.order;

/**
 * Finds the webhook's knee: the number of calls in flight beyond which calls only wait longer in
 * front of it.
 *
 * <p>Calls are looked at in windows. The mean time of a window is compared with the time that calls
 * take when the webhook is not kept waiting: as long as it is not much longer, the limit grows,
 * else it shrinks in proportion (a gradient, as TCP Vegas has it). That other time cannot be seen
 * while the webhook is busy; so now and then, and whenever calls take surprisingly long, the limit
 * is halved for a moment and calls are timed then. Where half of the calls take half as long, as
 * many are answered as before: the other half only waited, and the limit is halved again. Where
 * they become hardly faster, that is how long they take by themselves.
 *
 * <p>Means, not least times: a webhook answers some messages at once and others after long thought,
 * and the quickest says nothing about the rest.
 */
public final class AdaptiveLimit implements ConcurrencyLimit {
  /**
   * Where it starts, and the least for a slow webhook that does not say that it is too much. A
   * webhook that takes seconds teaches slowly: with fewer it would stand idle for its first hour.
   */
  public static final int FIRST = 64;

  /** A webhook is slow whose calls take longer than this. */
  static final long SLOW_NANOS = 1_000_000_000;

  /** A window lasts at least so long. */
  static final long WINDOW_NANOS = 200_000_000;

  /** A window holds at least so many calls for each that may be in flight, and at least 10. */
  private static final int MIN_CALLS = 10;

  /** How much longer than unhindered a call may take without the limit shrinking. */
  private static final double TOLERANCE = 2;

  /** The most that a window takes off. */
  private static final double STEEPEST = 0.7;

  /** Off for a window in which more than a tenth of the calls told of overload. */
  private static final double BACK_OFF = 0.7;

  private static final double MUCH_OVERLOAD = 0.1;

  /** Windows between looks at the unhindered time. */
  private static final int PROBE_EVERY = 50;

  /** Windows before the first look. */
  private static final int FIRST_PROBE_AFTER = 8;

  /** How much longer than unhindered calls take where a look is due at once. */
  private static final double SURPRISE = 4;

  /** A look is due, too, where the limit has shrunk to this part since the last one. */
  private static final double MUCH_LOWER = 0.5;

  /** Windows between looks that surprise asks for. */
  private static final int MIN_BETWEEN_SURPRISES = 3;

  /** A limit was too high if calls under its half take no more than this part of their time. */
  private static final double ONLY_WAITED = 0.65;

  private enum Phase {
    STEADY,
    /** The limit is halved; calls of before are still ending. */
    SETTLING,
    /** The limit is halved, and calls are timed. */
    PROBING
  }

  private double limit = FIRST;
  private Phase phase = Phase.STEADY;
  private double limitBeforeProbe;
  private double nanosBeforeProbe;

  /** The mean time of calls that are not kept waiting; 0 until the first window has ended. */
  private double unhinderedNanos;

  /** The first look comes soon: the first calls open connections and find everything cold. */
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
  public void callEnded(long now, long nanos, int inFlight, Outcome outcome) {
    if (outcome == Outcome.DONE) {
      done++;
      nanosOfDone += nanos;
    } else {
      overloaded++;
    }
    full |= inFlight >= limit();
    if (done + overloaded >= Math.max(MIN_CALLS, limit()) && lastsLongEnough(now)) {
      windowEnds();
      windowStart = now;
      done = 0;
      overloaded = 0;
      nanosOfDone = 0;
      full = false;
    }
  }

  /** Not before those calls have ended that began under the limit of the window before. */
  private boolean lastsLongEnough(long now) {
    double lasted = now - windowStart;
    return lasted >= WINDOW_NANOS && (done == 0 || lasted >= nanosOfDone / done);
  }

  private void windowEnds() {
    if (overloaded > MUCH_OVERLOAD * (done + overloaded)) {
      set((phase == Phase.STEADY ? limit : limitBeforeProbe) * BACK_OFF);
      phase = Phase.STEADY;
      return;
    }
    double mean = nanosOfDone / done;
    switch (phase) {
      case SETTLING -> phase = Phase.PROBING;
      case PROBING -> {
        if (mean < ONLY_WAITED * nanosBeforeProbe && limit >= 2 * Concurrency.MIN) {
          probe(mean);
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
    if (mean > SLOW_NANOS && limit <= FIRST) {
      // It may have so many anyway, so there is nothing to learn from giving it fewer.
      unhinderedNanos = Math.min(unhinderedNanos, mean);
      if (full) {
        grow(mean);
      }
      return;
    }
    boolean strange = mean > SURPRISE * unhinderedNanos || limit < limitBeforeProbe * MUCH_LOWER;
    boolean surprised = strange && windowsSinceProbe >= MIN_BETWEEN_SURPRISES;
    if (surprised || windowsSinceProbe >= PROBE_EVERY) {
      probe(mean);
    } else if (full) {
      // A limit that nothing reaches teaches nothing.
      grow(mean);
    }
  }

  /** By as much as the webhook bears, or less than nothing. */
  private void grow(double mean) {
    double gradient = Math.max(STEEPEST, Math.min(1, TOLERANCE * unhinderedNanos / mean));
    // The root lets small limits grow soon, and keeps a few calls waiting, so that a webhook that
    // got faster is noticed.
    double next = limit * gradient + Math.sqrt(limit);
    set(mean > SLOW_NANOS ? Math.max(next, Math.min(limit, FIRST)) : next);
  }

  private void probe(double mean) {
    nanosBeforeProbe = mean;
    limitBeforeProbe = limit;
    phase = Phase.SETTLING;
    set(mean > SLOW_NANOS ? Math.max(FIRST, limit / 2) : limit / 2);
  }

  private void set(double next) {
    limit = Math.max(Concurrency.MIN, Math.min(Concurrency.MAX, next));
  }
}
