package io.stanzahook.app.hooks;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeSet;

/**
 * The ids of accepted signed requests, for as long as their timestamps are accepted: a recorded
 * request is not accepted again. An id whose request was refused is forgotten, so that its sender
 * can try again.
 *
 * <p>Any thread may call it.
 */
final class Replays {
  /**
   * The maximum difference between a timestamp and the gateway's clock (Standard Webhooks: 5 min).
   */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /**
   * The maximum number of remembered ids. At this number, signed requests are answered with 503.
   */
  static final int MAX_IDS = 100_000;

  /** What happens to an id. */
  enum Verdict {
    TAKEN,
    SEEN,
    FULL
  }

  private record End(String key, long second) implements Comparable<End> {
    @Override
    public int compareTo(End other) {
      int order = Long.compare(second, other.second);
      return order == 0 ? key.compareTo(other.key) : order;
    }
  }

  private final InstantSource clock;
  private final int most;
  private final Map<String, Long> ends = new HashMap<>();
  private final TreeSet<End> byEnd = new TreeSet<>();

  Replays(InstantSource clock) {
    this(clock, MAX_IDS);
  }

  Replays(InstantSource clock, int most) {
    this.clock = clock;
    this.most = most;
  }

  /** Whether that time, in seconds since 1970, is near enough to now. */
  boolean isInWindow(long timestamp) {
    return Math.abs(clock.instant().getEpochSecond() - timestamp) <= WINDOW.toSeconds();
  }

  /** Remembers the id of a request whose timestamp is in the window. */
  synchronized Verdict take(String whose, String id, long timestamp) {
    long now = clock.instant().getEpochSecond();
    while (!byEnd.isEmpty() && byEnd.first().second < now) {
      ends.remove(byEnd.pollFirst().key);
    }
    String key = key(whose, id);
    if (ends.containsKey(key)) {
      return Verdict.SEEN;
    }
    if (byEnd.size() >= most) {
      return Verdict.FULL;
    }
    long end = timestamp + WINDOW.toSeconds();
    ends.put(key, end);
    byEnd.add(new End(key, end));
    return Verdict.TAKEN;
  }

  /** Forgets an id whose request was refused. */
  synchronized void forget(String whose, String id) {
    String key = key(whose, id);
    Long end = ends.remove(key);
    if (end != null) {
      byEnd.remove(new End(key, end));
    }
  }

  /** A key of the same length for every id. */
  private static String key(String whose, String id) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((whose + "\n" + id).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }
}
