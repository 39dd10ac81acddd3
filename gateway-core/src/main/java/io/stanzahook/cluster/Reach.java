package io.stanzahook.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which slots this edge should not have, because it does not reach the XMPP server. If a slot that
 * it owns has had no stream for a while, another edge is to take it. The other one gets it only if
 * it has no trouble itself: if the server is away for all, each slot stays where it is.
 *
 * <p>Belongs to the edge's thread. All times are of {@link System#nanoTime}.
 */
final class Reach {
  /** How long an owned slot may be without a stream before another edge is asked for. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  /** How long a slot that was given away is not taken back if another edge can have it. */
  static final Duration MEMORY = Duration.ofMinutes(5);

  /** How often the others are asked while a slot has no stream. */
  static final Duration AGAIN = Duration.ofMinutes(1);

  /** An edge whose own streams have been down for so long takes none from another one. */
  static final Duration TROUBLE = Duration.ofSeconds(2);

  private final long patience;

  /** The slots that are owned and have no stream. */
  private final Map<Integer, Down> down = new TreeMap<>();

  /** The slots that are owned, by what was seen last. */
  private final Set<Integer> owned = new TreeSet<>();

  /** When slots last had no stream here for too long. */
  private final Map<Integer, Long> missed = new TreeMap<>();

  private static final class Down {
    final long since;
    long askedAt;
    boolean asked;

    Down(long since) {
      this.since = since;
    }
  }

  Reach(Duration patience) {
    this.patience = patience.toNanos();
  }

  /**
   * Looks at what is owned.
   *
   * @param connected the owned slots that components have: whether one of their streams is up
   * @param others whether other edges are there
   * @return the slots that another edge is to be asked for now
   */
  Set<Integer> look(long now, Map<Integer, Boolean> connected, boolean others) {
    owned.clear();
    owned.addAll(connected.keySet());
    down.keySet().retainAll(owned);
    missed.values().removeIf(at -> now - at >= MEMORY.toNanos());
    Set<Integer> ask = new TreeSet<>();
    connected.forEach(
        (slot, isUp) -> {
          if (isUp) {
            down.remove(slot);
            missed.remove(slot);
            return;
          }
          Down each = down.computeIfAbsent(slot, added -> new Down(now));
          if (now - each.since >= patience) {
            missed.put(slot, now);
            if (others && (!each.asked || now - each.askedAt >= AGAIN.toNanos())) {
              each.asked = true;
              each.askedAt = now;
              ask.add(slot);
            }
          }
        });
    return ask;
  }

  /**
   * The slots that this edge should not have if another one can.
   *
   * @param used the slots that its components have
   */
  Set<Integer> away(long now, Set<Integer> used) {
    boolean inTrouble =
        down.values().stream().anyMatch(each -> now - each.since >= TROUBLE.toNanos());
    Set<Integer> away = new TreeSet<>();
    down.forEach(
        (slot, each) -> {
          if (now - each.since >= patience) {
            away.add(slot);
          }
        });
    for (int slot : used) {
      Long at = missed.get(slot);
      if (!owned.contains(slot) && (inTrouble || (at != null && now - at < MEMORY.toNanos()))) {
        away.add(slot);
      }
    }
    return away;
  }
}
