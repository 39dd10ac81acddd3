package io.stanzahook.app.http;

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
 * The ids of signed requests that were taken, for as long as their timestamps would pass: a request
 * that somebody recorded is not taken again. An id whose request was refused is forgotten, so that
 * its sender can try again.
 *
 * <p>Any thread may call it.
 */
final class Replays {
  /** A timestamp may be so far from the gateway's clock, both ways (Standard Webhooks: 5 min). */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /** Ids that are remembered; while there are as many, signed requests are answered with 503. */
  static final int MAX_IDS = 100_000;

  /** What becomes of an id. */
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

  /** Takes an id of somebody's, whose timestamp is in the window. */
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

  /** Forgets an id: what it came with was not taken. */
  synchronized void forget(String whose, String id) {
    String key = key(whose, id);
    Long end = ends.remove(key);
    if (end != null) {
      byEnd.remove(new End(key, end));
    }
  }

  /** As long for every id. */
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
