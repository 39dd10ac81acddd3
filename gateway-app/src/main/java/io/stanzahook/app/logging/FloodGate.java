package io.stanzahook.app.logging;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps a flood of equal events from filling the log. Of each kind, the first few in an interval
 * pass. The others are counted, and their sum is logged at the end of the interval. An outage or a
 * user can cause any number of events of any number of kinds, so both are limited.
 *
 * <p>Any thread may call it. Sums are reported on the thread that ends the interval.
 *
 * @param <K> what makes events equal; a value
 */
public final class FloodGate<K extends Comparable<K>> {
  /**
   * The length of an interval, from the first event that passes. Equal events until its end become
   * one line.
   */
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  /** The maximum number of different kinds in one interval; all further ones are one sum. */
  static final int MAX_KINDS = 20;

  /** Receives sums, each more than 0. */
  public interface Sums<K> {
    /** This many more events of a kind came within the interval. */
    void more(K kind, int count);

    /** This many events of kinds that were not distinguished. */
    void others(int count);
  }

  private final int first;
  private final Intervals intervals;
  private final Sums<K> sums;
  private final Map<K, Integer> seen = new LinkedHashMap<>();
  private int others;

  /**
   * Nothing came yet.
   *
   * @param first how many of a kind pass in an interval
   */
  public FloodGate(int first, Intervals intervals, Sums<K> sums) {
    this.first = first;
    this.intervals = intervals;
    this.sums = sums;
  }

  /** Whether an event of this kind gets its own line. */
  public synchronized boolean passes(K kind) {
    Integer before = seen.get(kind);
    if (before == null) {
      if (seen.size() == MAX_KINDS) {
        others++;
        return false;
      }
      if (seen.isEmpty()) {
        intervals.begin(INTERVAL, this::intervalEnds);
      }
      seen.put(kind, 1);
      return true;
    }
    seen.put(kind, before + 1);
    return before < first;
  }

  private synchronized void intervalEnds() {
    seen.forEach(
        (kind, count) -> {
          if (count > first) {
            sums.more(kind, count - first);
          }
        });
    if (others > 0) {
      sums.others(others);
    }
    seen.clear();
    others = 0;
  }
}
