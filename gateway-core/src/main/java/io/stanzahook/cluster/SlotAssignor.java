package io.stanzahook.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
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
import org.jspecify.annotations.Nullable;

/**
 * Assigns slots to edges. It takes nothing from a living edge, because a stream that moves is
 * silent for a moment. A slot without an owner goes to the edge that still has its stream, because
 * the group forgot that edge only now; or else to the one that has the fewest. If several have
 * equally few, one that was there before gets it: after a crash, that is the one that stood by, and
 * not the one that has just been started again and is still slow. There are two exceptions. If an
 * edge asks for balance, those that have too many give some away. If an edge says that it cannot
 * connect the streams of a slot, and another one that has the component says no such thing, the
 * slot goes to that one.
 *
 * <p>A slot counts if a component has it: an edge tells which do. Kafka makes it, so its
 * constructor is public, as is the class.
 */
public final class SlotAssignor implements ConsumerPartitionAssignor, Configurable {
  /** The property that brings {@link Wishes}. */
  static final String WISHES = "stanzahook.slots";

  /** Added to a slot that an edge should not have, in what it tells the others. */
  private static final int AWAY = 0x40;

  /** Added to a slot whose stream the edge still has, although the slot is nobody's now. */
  private static final int KEPT = 0x60;

  private Wishes wishes = new Wishes(Set::of, used -> Set.of(), Set::of);

  /**
   * What this edge tells the others: the slots that its components have, whether to balance, the
   * slots that it should not have if another edge can, and those whose streams it still has.
   */
  static final class Wishes {
    private final Supplier<Set<Integer>> used;
    private final Away away;
    private final Supplier<Set<Integer>> kept;
    private volatile boolean balance;

    Wishes(Supplier<Set<Integer>> used, Away away, Supplier<Set<Integer>> kept) {
      this.used = used;
      this.away = away;
      this.kept = kept;
    }

    /** With the next assignment, those that have too many give some away. */
    void balance() {
      balance = true;
    }
  }

  /**
   * Of the slots that are used, and of those that are owned, those that another edge should have.
   */
  @FunctionalInterface
  interface Away {
    Set<Integer> of(Set<Integer> used);
  }

  /** What an edge tells. */
  private record Told(boolean balance, Set<Integer> used, Set<Integer> away, Set<Integer> kept) {
    static Told read(@Nullable ByteBuffer data) {
      Told told = new Told(data != null && data.get(data.position()) != 0);
      if (data != null) {
        for (int at = data.position() + 1; at < data.limit(); at++) {
          int each = data.get(at);
          if (each < AWAY) {
            told.used.add(each);
          } else if (each < KEPT) {
            told.away.add(each - AWAY);
          } else {
            told.kept.add(each - KEPT);
          }
        }
      }
      return told;
    }

    private Told(boolean balance) {
      this(balance, new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
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

  /**
   * A byte that says whether to balance, one for each slot that is used, one for each slot that
   * another edge should have, and one for each whose stream is still here.
   */
  @Override
  public ByteBuffer subscriptionUserData(Set<String> topics) {
    Set<Integer> used = wishes.used.get();
    Set<Integer> away = wishes.away.of(used);
    Set<Integer> kept = wishes.kept.get();
    ByteBuffer data = ByteBuffer.allocate(1 + used.size() + away.size() + kept.size());
    data.put((byte) (wishes.balance ? 1 : 0));
    wishes.balance = false;
    used.forEach(slot -> data.put((byte) (int) slot));
    away.forEach(slot -> data.put((byte) (slot + AWAY)));
    kept.forEach(slot -> data.put((byte) (slot + KEPT)));
    data.flip();
    return data;
  }

  @Override
  public GroupAssignment assign(Cluster metadata, GroupSubscription group) {
    Map<String, Subscription> members = new TreeMap<>(group.groupSubscription());
    Map<String, Integer> topics = new TreeMap<>();
    Map<String, Told> told = new TreeMap<>();
    members.forEach(
        (member, each) -> {
          for (String topic : each.topics()) {
            Integer count = metadata.partitionCountForTopic(topic);
            if (count != null) {
              topics.put(topic, count);
            }
          }
          ByteBuffer data = each.userData();
          told.put(member, Told.read(data == null || !data.hasRemaining() ? null : data));
        });
    Map<String, Assignment> assignment = new HashMap<>();
    Map<String, List<TopicPartition>> lists = new TreeMap<>();
    members.keySet().forEach(member -> lists.put(member, new ArrayList<>()));
    topics.forEach(
        (topic, count) ->
            new Slots(told, fresh(members))
                .assign(topic, owners(topic, count, members), count, lists));
    lists.forEach((member, list) -> assignment.put(member, new Assignment(list)));
    return new GroupAssignment(assignment);
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

  /** The slots of a topic, and who is to have them. */
  private static final class Slots {
    private final Map<String, Told> told;
    private final Set<String> fresh;
    private final Set<Integer> used = new TreeSet<>();
    private final Map<String, List<Integer>> slots = new TreeMap<>();

    Slots(Map<String, Told> told, Set<String> fresh) {
      this.told = told;
      this.fresh = fresh;
      told.forEach(
          (member, each) -> {
            used.addAll(each.used());
            slots.put(member, new ArrayList<>());
          });
    }

    /** What is given away is nobody's for now: its owner lets go first, and asks again. */
    void assign(
        String topic,
        Map<Integer, String> owners,
        int count,
        Map<String, List<TopicPartition>> lists) {
      owners.forEach(
          (slot, owner) -> {
            if (can(owner, slot) || !canAnother(owner, slot)) {
              list(owner).add(slot);
            }
          });
      if (told.values().stream().anyMatch(Told::balance)) {
        surplus(slots, used, this::canAnother).forEach((slot, owner) -> list(owner).remove(slot));
      }
      told.forEach(
          (member, each) -> each.kept().forEach(slot -> keep(member, slot, count, owners)));
      for (boolean counts : new boolean[] {true, false}) {
        for (int slot = 0; slot < count; slot++) {
          if (used.contains(slot) == counts && !owners.containsKey(slot)) {
            list(fewest(slot, counts)).add(slot);
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

    /** A slot of nobody stays where its stream is. */
    private void keep(String member, int slot, int count, Map<Integer, String> owners) {
      if (slot < count
          && (can(member, slot) || !canAnother(member, slot))
          && owners.putIfAbsent(slot, member) == null) {
        list(member).add(slot);
      }
    }

    private List<Integer> list(String member) {
      return slots.computeIfAbsent(member, name -> new ArrayList<>());
    }

    /** Whether an edge has the component, if any has, and reaches its server for all it knows. */
    private boolean can(String member, int slot) {
      Told each = told.get(member);
      return each != null
          && !each.away().contains(slot)
          && (each.used().contains(slot) || !used.contains(slot));
    }

    private boolean canAnother(String than, int slot) {
      return slots.keySet().stream().anyMatch(each -> !each.equals(than) && can(each, slot));
    }

    /** Of those that can have it; of all, if none can. */
    private String fewest(int slot, boolean counts) {
      boolean none = slots.keySet().stream().noneMatch(each -> can(each, slot));
      return slots.entrySet().stream()
          .filter(each -> none || can(each.getKey(), slot))
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

  /** Whether an edge other than the owner can have a slot. */
  @FunctionalInterface
  interface Movable {
    boolean test(String owner, int slot);
  }

  /**
   * What edges have too many of, with the owner of each. Slots that are used are shared evenly, and
   * so are the others.
   *
   * @param slots of each edge; is not changed
   */
  static Map<Integer, String> surplus(
      Map<String, ? extends Collection<Integer>> slots, Set<Integer> used, Movable movable) {
    Map<Integer, String> surplus = new TreeMap<>();
    for (boolean counts : new boolean[] {true, false}) {
      int all = 0;
      for (Collection<Integer> each : slots.values()) {
        all += number(each, used, counts);
      }
      int most = (all + slots.size() - 1) / Math.max(1, slots.size());
      slots.forEach(
          (owner, each) -> {
            int more = number(each, used, counts) - most;
            List<Integer> last = new ArrayList<>(each);
            for (int i = last.size() - 1; i >= 0 && more > 0; i--) {
              int slot = last.get(i);
              if (used.contains(slot) == counts && movable.test(owner, slot)) {
                surplus.put(slot, owner);
                more--;
              }
            }
          });
    }
    return surplus;
  }

  private static int number(Collection<Integer> slots, Set<Integer> used, boolean counts) {
    return (int) slots.stream().filter(slot -> used.contains(slot) == counts).count();
  }
}
