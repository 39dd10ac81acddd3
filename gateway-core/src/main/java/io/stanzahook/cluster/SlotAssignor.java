package io.stanzahook.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.TopicPartition;

/**
 * Assigns slots to edges. It takes nothing from a living edge, because a stream that moves is
 * silent for a moment; a slot without an owner goes to the edge that has the fewest. If several
 * have equally few, one that was there before gets it: after a crash, that is the one that stood
 * by, and not the one that has just been started again and is still slow. Only if an edge asks for
 * balance, those that have too many give some away.
 *
 * <p>A slot counts if a component has it: an edge tells which do. Kafka makes it, so its
 * constructor is public, as is the class.
 */
public final class SlotAssignor implements ConsumerPartitionAssignor, Configurable {
  /** The property that brings {@link Wishes}. */
  static final String WISHES = "stanzahook.slots";

  private Wishes wishes = new Wishes(Set::of);

  /**
   * What this edge tells the others: the slots that its components have, and whether to balance.
   */
  static final class Wishes {
    private final Supplier<Set<Integer>> used;
    private volatile boolean balance;

    Wishes(Supplier<Set<Integer>> used) {
      this.used = used;
    }

    /** With the next assignment, those that have too many give some away. */
    void balance() {
      balance = true;
    }
  }

  @Override
  public void configure(Map<String, ?> configs) {
    if (configs.get(WISHES) instanceof Wishes given) {
      wishes = given;
    }
  }

  @Override
  public String name() {
    return "stanzahook-slots";
  }

  @Override
  public List<RebalanceProtocol> supportedProtocols() {
    return List.of(RebalanceProtocol.COOPERATIVE);
  }

  /** A byte that says whether to balance, and one for each slot that is used. */
  @Override
  public ByteBuffer subscriptionUserData(Set<String> topics) {
    Set<Integer> used = wishes.used.get();
    ByteBuffer data = ByteBuffer.allocate(1 + used.size());
    data.put((byte) (wishes.balance ? 1 : 0));
    wishes.balance = false;
    used.forEach(slot -> data.put((byte) (int) slot));
    data.flip();
    return data;
  }

  @Override
  public GroupAssignment assign(Cluster metadata, GroupSubscription group) {
    Map<String, Subscription> members = new TreeMap<>(group.groupSubscription());
    Map<String, Integer> topics = new TreeMap<>();
    boolean anyBalance = false;
    Set<Integer> used = new TreeSet<>();
    for (Subscription each : members.values()) {
      for (String topic : each.topics()) {
        Integer count = metadata.partitionCountForTopic(topic);
        if (count != null) {
          topics.put(topic, count);
        }
      }
      ByteBuffer data = each.userData();
      if (data != null && data.hasRemaining()) {
        ByteBuffer read = data.duplicate();
        anyBalance |= read.get() != 0;
        while (read.hasRemaining()) {
          used.add((int) read.get());
        }
      }
    }
    boolean balance = anyBalance;
    Map<String, Assignment> assignment = new HashMap<>();
    Map<String, List<TopicPartition>> lists = new TreeMap<>();
    members.keySet().forEach(member -> lists.put(member, new ArrayList<>()));
    topics.forEach((topic, count) -> assign(topic, count, members, used, balance, lists));
    lists.forEach((member, list) -> assignment.put(member, new Assignment(list)));
    return new GroupAssignment(assignment);
  }

  private static void assign(
      String topic,
      int count,
      Map<String, Subscription> members,
      Set<Integer> used,
      boolean balance,
      Map<String, List<TopicPartition>> lists) {
    Map<Integer, String> owners = owners(topic, count, members);
    Set<String> fresh = fresh(members);
    Map<String, List<Integer>> slots = new TreeMap<>();
    members.keySet().forEach(member -> slots.put(member, new ArrayList<>()));
    // What is given away is nobody's for now: its owner lets go first, and asks again.
    Set<Integer> givenAway = new TreeSet<>();
    owners.forEach((slot, member) -> list(slots, member).add(slot));
    if (balance) {
      for (boolean counts : new boolean[] {true, false}) {
        giveAway(slots, used, counts, givenAway);
      }
    }
    for (boolean counts : new boolean[] {true, false}) {
      for (int slot = 0; slot < count; slot++) {
        if (used.contains(slot) == counts && !owners.containsKey(slot)) {
          list(slots, fewest(slots, used, counts, fresh)).add(slot);
        }
      }
    }
    slots.forEach(
        (member, all) -> {
          List<TopicPartition> list = lists.get(member);
          if (list != null) {
            all.forEach(slot -> list.add(new TopicPartition(topic, slot)));
          }
        });
  }

  private static List<Integer> list(Map<String, List<Integer>> slots, String member) {
    return slots.computeIfAbsent(member, name -> new ArrayList<>());
  }

  /** Those that join now. */
  private static Set<String> fresh(Map<String, Subscription> members) {
    Set<String> fresh = new TreeSet<>();
    members.forEach(
        (member, subscription) -> {
          if (generation(subscription) < 0) {
            fresh.add(member);
          }
        });
    return fresh;
  }

  /** Of the last assignment that the member had; less than 0 if it had none. */
  private static int generation(Subscription subscription) {
    return subscription.generationId().orElse(-1);
  }

  /** Of two that believe to own a slot, the one with the higher generation does. */
  private static Map<Integer, String> owners(
      String topic, int count, Map<String, Subscription> members) {
    Map<Integer, String> owners = new TreeMap<>();
    Map<Integer, Integer> generations = new HashMap<>();
    members.forEach(
        (member, subscription) -> {
          int generation = generation(subscription);
          for (TopicPartition each : subscription.ownedPartitions()) {
            int slot = each.partition();
            if (each.topic().equals(topic)
                && slot < count
                && generation > generations.getOrDefault(slot, Integer.MIN_VALUE)) {
              owners.put(slot, member);
              generations.put(slot, generation);
            }
          }
        });
    return owners;
  }

  private static void giveAway(
      Map<String, List<Integer>> slots, Set<Integer> used, boolean counts, Set<Integer> givenAway) {
    int all = 0;
    for (List<Integer> each : slots.values()) {
      all += number(each, used, counts);
    }
    int most = (all + slots.size() - 1) / Math.max(1, slots.size());
    for (List<Integer> each : slots.values()) {
      for (int more = number(each, used, counts) - most; more > 0; more--) {
        for (int i = each.size() - 1; i >= 0; i--) {
          if (used.contains(each.get(i)) == counts) {
            givenAway.add(each.remove(i));
            break;
          }
        }
      }
    }
  }

  private static int number(List<Integer> slots, Set<Integer> used, boolean counts) {
    return (int) slots.stream().filter(slot -> used.contains(slot) == counts).count();
  }

  private static String fewest(
      Map<String, List<Integer>> slots, Set<Integer> used, boolean counts, Set<String> fresh) {
    return slots.entrySet().stream()
        .min(
            Comparator.<Map.Entry<String, List<Integer>>>comparingInt(
                    each -> number(each.getValue(), used, counts))
                .thenComparing(each -> fresh.contains(each.getKey()))
                .thenComparingInt(each -> each.getValue().size())
                .thenComparing(Map.Entry::getKey))
        .orElseThrow()
        .getKey();
  }
}
