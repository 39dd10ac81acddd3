package io.stanzahook.webhook;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an endpoint is called. If closed, it is. If open, it is not called for a while.
 * If half open, a few calls find out whether it is back. The breaker counts the last calls and
 * reads the clock with each call, so it needs no timer.
 *
 * <p>Any thread may call it. While the endpoint is well, a call costs two volatile reads, because
 * more successes than the window has places change nothing.
 */
final class Breaker {
  /** The number of last calls that count: it opens if at least half of them failed. */
  static final int WINDOW = 50;

  /** It does not open by that before this many calls. */
  static final int MIN_CALLS = 20;

  /** It also opens after this many failures in a row if other endpoints can take the calls. */
  static final int MAX_IN_A_ROW = 5;

  /** How long no call is made the first time. Each time after that it is twice as long. */
  static final Duration FIRST_WAIT = Duration.ofMillis(250);

  /** The longest wait. It is far below the time for retries, so that no delivery misses the end. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** The longest wait if other endpoints can take the calls. */
  static final Duration MAX_WAIT_WITH_PEERS = Duration.ofSeconds(5);

  /** How many calls find out whether the endpoint is back; one if others can take the calls. */
  static final int PROBES = 3;

  /** If these have not ended after this time, as many more are made: it may only be slow. */
  static final Duration PROBES_AGAIN = Duration.ofSeconds(1);

  private final boolean hasPeers;
  private final LongSupplier nanoTime;
  private final BiConsumer<BreakerState, BreakerState> listener;
  private volatile BreakerState state = BreakerState.CLOSED;

  /** Counts changes of state. A call that began in another state does not count. */
  private volatile int era;

  /** Successes in a row, up to {@link #WINDOW}. */
  private volatile int successes;

  /** Failures in a row. */
  private volatile int failuresInARow;

  // Guarded by this, as are all changes of the others.
  private final boolean[] failed = new boolean[WINDOW];
  private int next;
  private int calls;
  private int failures;
  private int openings;
  private int places;
  private int probes;
  private int failedProbes;

  /** When it opened for the first time since it was closed. */
  private long downSince;

  /** Open: the end of it. Half open: when more calls are let through. */
  private long until;

  /**
   * Closed.
   *
   * @param hasPeers whether other endpoints can take the calls
   * @param listener is told of each change, before and after; must be quick
   */
  Breaker(
      boolean hasPeers, LongSupplier nanoTime, BiConsumer<BreakerState, BreakerState> listener) {
    this.hasPeers = hasPeers;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  BreakerState state() {
    return state;
  }

  /** The era in which a call begins, for {@link #ended} and {@link #released}. */
  int era() {
    return era;
  }

  int failuresInARow() {
    return failuresInARow;
  }

  /** Whether {@link #begin} would let a call through now. */
  boolean isReady() {
    return state == BreakerState.CLOSED || isReadyToProbe();
  }

  private synchronized boolean isReadyToProbe() {
    return state == BreakerState.CLOSED
        || (state == BreakerState.HALF_OPEN && places > 0)
        || nanoTime.getAsLong() - until >= 0;
  }

  /** Whether a call may be made. If so, it counts as begun. */
  boolean begin() {
    return state == BreakerState.CLOSED || beginProbe();
  }

  private synchronized boolean beginProbe() {
    if (!isReadyToProbe()) {
      return false;
    }
    if (state == BreakerState.CLOSED) {
      return true;
    }
    if (state == BreakerState.OPEN || places == 0) {
      places = hasPeers ? 1 : PROBES;
      probes = places;
      failedProbes = 0;
      until = nanoTime.getAsLong() + PROBES_AGAIN.toNanos();
      change(BreakerState.HALF_OPEN);
    }
    places--;
    return true;
  }

  /** For how long it has not been closed; null if it is closed. */
  synchronized @Nullable Duration down() {
    return state == BreakerState.CLOSED
        ? null
        : Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - downSince));
  }

  /** If it is open, the next calls find out at once whether the endpoint is back. */
  synchronized void tryNow() {
    if (state == BreakerState.OPEN) {
      until = nanoTime.getAsLong();
    }
  }

  /** How long it stays open; zero if it is not. */
  synchronized Duration left() {
    return state == BreakerState.OPEN
        ? Duration.ofNanos(Math.max(1, until - nanoTime.getAsLong()))
        : Duration.ZERO;
  }

  /** A call ended, or will not end any more. */
  void ended(boolean down, int began) {
    if (began == era && (down || successes < WINDOW)) {
      count(down, began);
    }
  }

  private synchronized void count(boolean down, int began) {
    if (began != era) {
      return;
    }
    successes = down ? 0 : successes + 1;
    failuresInARow = down ? failuresInARow + 1 : 0;
    if (state == BreakerState.HALF_OPEN) {
      countProbe(down);
      return;
    }
    failures += (down ? 1 : 0) - (failed[next] ? 1 : 0);
    failed[next] = down;
    next = (next + 1) % WINDOW;
    calls = Math.min(WINDOW, calls + 1);
    boolean mostly = calls >= MIN_CALLS && 2 * failures >= calls;
    if (mostly || (hasPeers && failuresInARow >= MAX_IN_A_ROW)) {
      open();
    }
  }

  private synchronized void countProbe(boolean down) {
    failedProbes += down ? 1 : 0;
    probes--;
    if (probes > 0) {
      return;
    }
    if (2 * failedProbes >= (hasPeers ? 1 : PROBES)) {
      open();
    } else {
      openings = 0;
      change(BreakerState.CLOSED);
    }
  }

  private synchronized void open() {
    Duration longest = hasPeers ? MAX_WAIT_WITH_PEERS : MAX_WAIT;
    long wait = Math.min(longest.toNanos(), FIRST_WAIT.toNanos() << Math.min(openings, 10));
    openings++;
    until = nanoTime.getAsLong() + wait;
    change(BreakerState.OPEN);
  }

  private synchronized void change(BreakerState after) {
    BreakerState before = state;
    if (before != after) {
      Arrays.fill(failed, false);
      next = 0;
      calls = 0;
      failures = 0;
      successes = 0;
      era++;
      state = after;
      if (before == BreakerState.CLOSED) {
        downSince = nanoTime.getAsLong();
      }
      listener.accept(before, after);
    }
  }

  /** A call that began in that era was not made, or tells nothing. */
  synchronized void released(int began) {
    if (began == era && state == BreakerState.HALF_OPEN) {
      places++;
    }
  }
}
