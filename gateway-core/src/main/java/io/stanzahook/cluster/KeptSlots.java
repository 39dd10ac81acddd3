package io.stanzahook.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Slots of an edge that the group does not know any more, for example because all brokers were away
 * for long. Their streams stay, and nothing is read from them, until it is known whether this edge
 * gets the slots again: what the server has sent meanwhile would be lost with the connection. This
 * takes a moment, and not for ever.
 *
 * <p>One thread changes it, any thread may look.
 */
final class KeptSlots {
  /** For so long it may not be known who gets a slot. */
  static final long LONGEST = Duration.ofSeconds(10).toNanos();

  /** Since when, by slot. */
  private final Map<Integer, Long> since = new ConcurrentHashMap<>();

  void keep(int slot, long now) {
    since.put(slot, now);
  }

  /** It belongs to this edge again. */
  void regained(int slot) {
    since.remove(slot);
  }

  boolean has(int slot) {
    return since.containsKey(slot);
  }

  Set<Integer> all() {
    return new TreeSet<>(since.keySet());
  }

  /** Those that were kept for too long: they are not kept any more. */
  Set<Integer> takeExpired(long now) {
    Set<Integer> expired = new TreeSet<>();
    since.forEach(
        (slot, at) -> {
          if (now - at >= LONGEST) {
            expired.add(slot);
          }
        });
    since.keySet().removeAll(expired);
    return expired;
  }

  /** All: none is kept any more. */
  Set<Integer> takeAll() {
    Set<Integer> all = all();
    since.keySet().removeAll(all);
    return all;
  }
}
