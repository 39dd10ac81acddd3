package io.stanzahook.webhook;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether an endpoint is called: closed, it is; open, it is not for a while; half open, a few calls
 * see whether it is back. It counts the last calls and looks at the time with each call, so that it
 * needs no timer.
 *
 * <p>Any thread may call. While the endpoint is well, a call costs two volatile reads: more
 * successes than the window has places tell nothing.
 */
final class Breaker {
  /** Opens where at least half of so many last calls failed, */
  static final int WINDOW = 50;

  /** once there were so many. */
  static final int MIN_CALLS = 20;

  /** Where other endpoints can take the calls, so many failures in a row are enough. */
  static final int MAX_IN_A_ROW = 5;

  /** No call is made for this long at first, then twice as long each time, */
  static final Duration FIRST_WAIT = Duration.ofMillis(250);

  /** up to this: far below what deliveries are retried for, so that none misses the end. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** Up to this where other endpoints can take the calls. */
  static final Duration MAX_WAIT_WITH_PEERS = Duration.ofSeconds(5);

  /** Calls let through to see whether the endpoint is back; one where others take the rest. */
  static final int PROBES = 3;

  /** As many more are let through where those have not ended by then: it may just be slow. */
  static final Duration PROBES_AGAIN = Duration.ofSeconds(1);

  private final boolean hasPeers;
  private final LongSupplier nanoTime;
  private final BiConsumer<BreakerState, BreakerState> listener;
  private volatile BreakerState state = BreakerState.CLOSED;

  /** Counts changes of state: how a call ended says nothing about a state it did not begin in. */
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

  /** What a call begins in, for {@link #ended} and {@link #released}. */
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

  /** Whether a call may be made; then it counts as begun. */
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

  /** For how long it has not been closed; null where it is. */
  synchronized @Nullable Duration down() {
    return state == BreakerState.CLOSED
        ? null
        : Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - downSince));
  }

  /** Where it is open, it ends to be so: the next calls see whether the endpoint is back. */
  synchronized void tryNow() {
    if (state == BreakerState.OPEN) {
      until = nanoTime.getAsLong();
    }
  }

  /** How long it stays open; nothing where it is not. */
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
