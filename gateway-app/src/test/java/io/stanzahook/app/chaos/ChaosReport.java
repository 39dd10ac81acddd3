package io.stanzahook.app.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long things took, and the memory of the nodes. */
final class ChaosReport {
  /** By what was done: of each time, the longest time without an answer, in milliseconds. */
  private final Map<String, List<Long>> silences = new LinkedHashMap<>();

  /** The same: the longest time from a message to its first POST. */
  private final Map<String, List<Long>> waits = new LinkedHashMap<>();

  /**
   * From the moment when the brokers were back: until the first answer, until all that waited was
   * in the log, and until it was delivered.
   */
  private final Map<String, List<List<Long>>> resumed = new LinkedHashMap<>();

  private final Map<String, List<Integer>> memories = new LinkedHashMap<>();

  /**
   * Heaps of a node around an outage of all brokers, each after a full collection, in MB.
   *
   * @param collections how many there had been before the brokers were back
   * @param most the largest heap after any collection since then
   */
  record Memory(ChaosNode node, int before, int away, int collections, int most, int after) {
    static Memory before(ChaosNode node) throws InterruptedException {
      return new Memory(node, node.liveHeap(), 0, 0, 0, 0);
    }

    /** The brokers were away for long. */
    Memory withoutBrokers() throws InterruptedException {
      int live = node.liveHeap();
      return new Memory(node, before, live, node.heaps().size(), 0, 0);
    }

    /** They are back, and nothing waits any more. */
    Memory withBrokers() throws InterruptedException {
      int live = node.liveHeap();
      List<Integer> all = node.heaps();
      int highest = all.stream().skip(collections).mapToInt(Integer::intValue).max().orElse(live);
      return new Memory(node, before, away, collections, highest, live);
    }
  }

  /** Something was broken, and all is well again. */
  void broken(String what, long silence, long wait) {
    silences.computeIfAbsent(what, key -> new ArrayList<>()).add(silence);
    waits.computeIfAbsent(what, key -> new ArrayList<>()).add(wait);
  }

  /** The brokers were away and are back. */
  void resumed(String what, long first, long all, long delivered) {
    resumed.computeIfAbsent(what, key -> new ArrayList<>()).add(List.of(first, all, delivered));
  }

  /** Of all outages of a node, the largest count. */
  void memory(Memory next) {
    List<Integer> values =
        List.of(next.before(), next.away(), next.most(), next.after(), next.node().mostResident());
    memories.merge(
        next.node().name(),
        values,
        (those, these) -> {
          List<Integer> larger = new ArrayList<>();
          for (int i = 0; i < those.size(); i++) {
            larger.add(Math.max(those.get(i), these.get(i)));
          }
          return larger;
        });
  }

  /**
   * Milliseconds, by what was done; and of each node, its heap in MB before an outage, at its end,
   * at most afterwards, and last; and what it had from the machine at most.
   */
  Map<String, Object> figures() {
    return Map.of(
        "silences", silences,
        "waits", waits,
        "resumed", resumed,
        "memories", memories);
  }
}
