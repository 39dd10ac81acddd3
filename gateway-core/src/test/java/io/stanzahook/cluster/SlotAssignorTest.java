package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SlotAssignorTest {
  private static final String TOPIC = "p.out";
  private static final int SLOTS = Topics.SLOTS;
  private static final Cluster CLUSTER =
      new Cluster(
          "c",
          List.of(Node.noNode()),
          IntStream.range(0, SLOTS)
              .mapToObj(i -> new PartitionInfo(TOPIC, i, Node.noNode(), new Node[0], new Node[0]))
              .toList(),
          Set.of(),
          Set.of());

  private int generation = 1;

  private Map<String, Set<Integer>> assign(
      Map<String, Set<Integer>> owned, Set<Integer> used, boolean balance) {
    Map<String, Subscription> members = new HashMap<>();
    owned.forEach(
        (member, slots) -> {
          SlotAssignor assignor = new SlotAssignor();
          SlotAssignor.Wishes wishes = new SlotAssignor.Wishes(() -> used);
          if (balance && members.isEmpty()) {
            wishes.balance();
          }
          assignor.configure(Map.of(SlotAssignor.WISHES, wishes));
          members.put(
              member,
              new Subscription(
                  List.of(TOPIC),
                  assignor.subscriptionUserData(Set.of(TOPIC)),
                  slots.stream().map(slot -> new TopicPartition(TOPIC, slot)).toList(),
                  generation,
                  Optional.empty()));
        });
    generation++;
    Map<String, Set<Integer>> next = new TreeMap<>();
    new SlotAssignor()
        .assign(CLUSTER, new GroupSubscription(members))
        .groupAssignment()
        .forEach(
            (member, assignment) ->
                next.put(
                    member,
                    assignment.partitions().stream()
                        .map(TopicPartition::partition)
                        .collect(Collectors.toSet())));
    return next;
  }

  private static List<Integer> all(Map<String, Set<Integer>> assigned) {
    return assigned.values().stream().flatMap(Set::stream).sorted().toList();
  }

  /** Edges come and go. */
  @Property(tries = 200)
  void nothingIsTakenFromALivingEdge_andEachSlotHasOneOwner(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Set<Integer>> now = new TreeMap<>(Map.of("e0", Set.of()));
    for (int round = 0; round < 10; round++) {
      Map<String, Set<Integer>> before = new TreeMap<>(now);
      if (random.nextBoolean()) {
        before.put("e" + random.nextInt(6), Set.of());
      } else if (before.size() > 1) {
        before.remove(new ArrayList<>(before.keySet()).get(random.nextInt(before.size())));
      }
      now = assign(before, Set.of(3, 7), false);
      assertThat(all(now)).isEqualTo(IntStream.range(0, SLOTS).boxed().toList());
      Map<String, Set<Integer>> after = now;
      before.forEach((member, slots) -> assertThat(after.get(member)).containsAll(slots));
    }
  }

  @Test
  void whatIsUsedIsSpreadFirst() {
    Map<String, Set<Integer>> now =
        assign(Map.of("a", Set.of(), "b", Set.of()), Set.of(3, 7), false);
    assertThat(now.values()).allSatisfy(slots -> assertThat(slots).containsAnyOf(3, 7));
    assertThat(now.values()).allSatisfy(slots -> assertThat(slots).hasSize(SLOTS / 2));
  }

  @Test
  void streamsOfOneComponentHaveSlotsOfTheirOwn() {
    for (String domain : List.of("gw.localhost", "bot.example.org", "x")) {
      Set<Integer> slots =
          IntStream.range(0, SLOTS)
              .mapToObj(stream -> ClusterNode.slot(domain, stream))
              .collect(Collectors.toSet());
      assertThat(slots).hasSize(SLOTS);
    }
  }

  @Test
  void toBalance_someIsGivenAwayFirst_andTakenNext() {
    Set<Integer> everything = IntStream.range(0, SLOTS).boxed().collect(Collectors.toSet());
    Map<String, Set<Integer>> first =
        assign(Map.of("a", everything, "b", Set.of()), Set.of(3, 7), true);
    assertThat(first.get("b")).isEmpty();
    assertThat(first.get("a")).hasSize(SLOTS / 2);
    Map<String, Set<Integer>> second = assign(first, Set.of(3, 7), false);
    assertThat(all(second)).hasSize(SLOTS);
    assertThat(second.get("a")).isEqualTo(first.get("a"));
    assertThat(second.values()).allSatisfy(slots -> assertThat(slots).containsAnyOf(3, 7));
  }

  @Test
  void afterACrash_theEdgeThatStoodByTakesTheStream_andNotTheOneThatWasJustStartedAgain() {
    byte used = 3;
    List<TopicPartition> others =
        IntStream.range(8, SLOTS).mapToObj(slot -> new TopicPartition(TOPIC, slot)).toList();
    // In the order of their names, and of their numbers of slots, the new one comes first.
    Map<String, Subscription> members =
        Map.of(
            "again",
            new Subscription(
                List.of(TOPIC),
                ByteBuffer.wrap(new byte[] {0, used}),
                List.of(),
                -1,
                Optional.empty()),
            "standby",
            new Subscription(
                List.of(TOPIC),
                ByteBuffer.wrap(new byte[] {0, used}),
                others,
                4,
                Optional.empty()));
    var assigned =
        new SlotAssignor().assign(CLUSTER, new GroupSubscription(members)).groupAssignment();
    assertThat(assigned.get("standby").partitions()).contains(new TopicPartition(TOPIC, used));
    assertThat(assigned.get("again").partitions()).hasSize(SLOTS - 1 - others.size());
  }

  @Test
  void ofTwoThatBelieveToOwnASlot_theYoungerDoes() {
    Map<String, Subscription> members = new HashMap<>();
    for (String member : List.of("old", "young")) {
      members.put(
          member,
          new Subscription(
              List.of(TOPIC),
              null,
              List.of(new TopicPartition(TOPIC, 5)),
              member.equals("old") ? 3 : 4,
              Optional.empty()));
    }
    var assigned =
        new SlotAssignor().assign(CLUSTER, new GroupSubscription(members)).groupAssignment();
    assertThat(assigned.get("young").partitions()).contains(new TopicPartition(TOPIC, 5));
    assertThat(new HashSet<>(assigned.get("old").partitions()))
        .doesNotContain(new TopicPartition(TOPIC, 5));
  }
}
