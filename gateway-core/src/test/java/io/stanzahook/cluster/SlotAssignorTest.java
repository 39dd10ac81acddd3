package io.stanzahook.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
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
    return assign(owned, used, balance, (member, slots) -> Set.of());
  }

  /**
   * One assignment.
   *
   * @param away the slots of those that are used which a member should not have
   */
  private Map<String, Set<Integer>> assign(
      Map<String, Set<Integer>> owned,
      Set<Integer> used,
      boolean balance,
      BiFunction<String, Set<Integer>, Set<Integer>> away) {
    Map<String, Subscription> members = new HashMap<>();
    owned.forEach(
        (member, slots) -> {
          SlotAssignor assignor = new SlotAssignor();
          SlotAssignor.Wishes wishes =
              new SlotAssignor.Wishes(() -> used, all -> away.apply(member, all), Set::of);
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

  private static Map<String, Set<Integer>> random(Random random, Set<Integer> of) {
    Map<String, Set<Integer>> away = new TreeMap<>();
    for (int i = 0; i < 4; i++) {
      away.put(
          "e" + i, of.stream().filter(slot -> random.nextBoolean()).collect(Collectors.toSet()));
    }
    return away;
  }

  private static String owner(Map<String, Set<Integer>> of, int slot) {
    return of.entrySet().stream()
        .filter(each -> each.getValue().contains(slot))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /** Some edges cannot connect some streams. */
  @Property(tries = 200)
  void aSlotGoesToAnEdgeThatCanConnectItsStream_andStaysIfNoneCan(@ForAll long seed) {
    Random random = new Random(seed);
    Set<Integer> used = new TreeSet<>(random(random, Set.of(0, 1, 5, 9, 15)).get("e0"));
    Map<String, Set<Integer>> now =
        assign(Map.of("e0", Set.of(), "e1", Set.of(), "e2", Set.of(), "e3", Set.of()), used, false);
    for (int round = 0; round < 5; round++) {
      Map<String, Set<Integer>> away = random(random, used);
      Map<String, Set<Integer>> before = now;
      Map<String, Set<Integer>> between =
          assign(before, used, random.nextBoolean(), (member, all) -> away.get(member));
      now = assign(between, used, false, (member, all) -> away.get(member));
      assertThat(all(now)).isEqualTo(IntStream.range(0, SLOTS).boxed().toList());
      for (int slot : used) {
        String owner = owner(now, slot);
        boolean anyCan = away.values().stream().anyMatch(each -> !each.contains(slot));
        if (anyCan) {
          assertThat(away.get(owner)).as("slot %d of %s", slot, owner).doesNotContain(slot);
        } else {
          assertThat(owner).as("slot %d", slot).isEqualTo(owner(before, slot));
        }
      }
      // And then nothing moves any more.
      assertThat(assign(now, used, false, (member, all) -> away.get(member))).isEqualTo(now);
    }
  }

  @Test
  void anEdgeWithoutTheComponentDoesNotGetItsSlot() {
    Map<String, Subscription> members = new HashMap<>();
    for (String member : List.of("with", "without")) {
      SlotAssignor assignor = new SlotAssignor();
      Set<Integer> used = member.equals("with") ? Set.of(3, 4) : Set.of(4);
      assignor.configure(
          Map.of(
              SlotAssignor.WISHES, new SlotAssignor.Wishes(() -> used, all -> Set.of(), Set::of)));
      members.put(
          member,
          new Subscription(
              List.of(TOPIC),
              assignor.subscriptionUserData(Set.of(TOPIC)),
              List.of(),
              1,
              Optional.empty()));
    }
    assertThat(
            new SlotAssignor()
                .assign(CLUSTER, new GroupSubscription(members))
                .groupAssignment()
                .get("with")
                .partitions())
        .contains(new TopicPartition(TOPIC, 3))
        .doesNotContain(new TopicPartition(TOPIC, 4));
  }

  /** Edges that look once a second whether their streams are up, as {@link EdgeLoop} does. */
  private final class Edges {
    final Map<String, Reach> reach = new TreeMap<>();
    final Set<String> cutOff = new TreeSet<>();
    final Set<Integer> used;
    final List<String> moves = new ArrayList<>();
    Map<String, Set<Integer>> owned = new TreeMap<>();
    long seconds;

    Edges(Set<Integer> used, String... names) {
      this.used = used;
      for (String each : names) {
        reach.put(each, new Reach(Reach.PATIENCE));
        owned.put(each, Set.of());
      }
      assignAnew();
      assertThat(all(owned)).hasSize(SLOTS);
      moves.clear();
    }

    private long now() {
      return Duration.ofSeconds(seconds).toNanos();
    }

    private void assignAnew() {
      Map<String, Set<Integer>> before = owned;
      do {
        owned = assign(owned, used, false, (member, all) -> reach.get(member).away(now(), all));
      } while (all(owned).size() < SLOTS);
      for (int slot : used) {
        if (!owner(owned, slot).equals(owner(before, slot))) {
          moves.add("%d to %s at %d".formatted(slot, owner(owned, slot), seconds));
        }
      }
    }

    void pass(Duration time) {
      for (long end = seconds + time.toSeconds(); seconds < end; seconds++) {
        boolean ask = false;
        for (String each : reach.keySet()) {
          Map<Integer, Boolean> connected = new TreeMap<>();
          owned.get(each).stream()
              .filter(used::contains)
              .forEach(slot -> connected.put(slot, !cutOff.contains(each)));
          ask |= !reach.get(each).look(now(), connected, true).isEmpty();
        }
        if (ask) {
          assignAnew();
        }
      }
    }
  }

  @Test
  void anEdgeThatIsCutOffFromTheServerGivesItsStreamsAway_once() {
    Edges edges = new Edges(Set.of(3), "a", "b", "c");
    edges.pass(Duration.ofMinutes(1));
    assertThat(edges.moves).isEmpty();
    assertThat(owner(edges.owned, 3)).isEqualTo("a");
    edges.cutOff.add("a");
    edges.pass(Duration.ofSeconds(15));
    assertThat(edges.moves).isEmpty();
    edges.pass(Duration.ofMinutes(2));
    assertThat(edges.moves).containsExactly("3 to b at 75");
    // The next one that is cut off has it go to the third, and not back to the first.
    edges.cutOff.add("b");
    edges.pass(Duration.ofHours(1));
    assertThat(edges.moves).hasSize(2).last().asString().startsWith("3 to c");
  }

  @Test
  void whereTheServerIsAwayForAll_edgesThatHaveStreamsKeepThem() {
    Edges edges = new Edges(Set.of(3, 7), "a", "b");
    edges.cutOff.addAll(Set.of("a", "b"));
    edges.pass(Duration.ofHours(2));
    assertThat(edges.moves).isEmpty();
    edges.cutOff.clear();
    edges.pass(Duration.ofHours(1));
    assertThat(edges.moves).isEmpty();
  }

  /** An edge without a stream cannot know that the server is away for it, too. */
  @Test
  void whereTheServerIsAwayForAll_aStreamIsTriedElsewhereSeldom() {
    Edges edges = new Edges(Set.of(3), "a", "b");
    edges.cutOff.addAll(Set.of("a", "b"));
    edges.pass(Duration.ofHours(1));
    assertThat(edges.moves)
        .hasSizeBetween(2, (int) (Duration.ofHours(1).dividedBy(Reach.MEMORY) + 1));
  }

  @Test
  void whatWasGivenAwayStays_alsoWhenTheNetworkIsBack() {
    Edges edges = new Edges(Set.of(3, 7), "a", "b");
    edges.cutOff.add("a");
    edges.pass(Duration.ofMinutes(1));
    edges.cutOff.clear();
    edges.pass(Duration.ofHours(1));
    assertThat(edges.moves).hasSize(1).last().asString().contains(" to b at 1");
  }

  /** A member as the others see it, where one component has slot 3. */
  private static Subscription member(int generation, List<Integer> owned, Integer... kept) {
    SlotAssignor assignor = new SlotAssignor();
    assignor.configure(
        Map.of(
            SlotAssignor.WISHES,
            new SlotAssignor.Wishes(
                () -> Set.of(3), used -> Set.of(), () -> Set.copyOf(List.of(kept)))));
    return new Subscription(
        List.of(TOPIC),
        assignor.subscriptionUserData(Set.of(TOPIC)),
        owned.stream().map(slot -> new TopicPartition(TOPIC, slot)).toList(),
        generation,
        Optional.empty());
  }

  private static List<TopicPartition> assigned(Map<String, Subscription> members, String to) {
    return requireNonNull(
            new SlotAssignor()
                .assign(CLUSTER, new GroupSubscription(members))
                .groupAssignment()
                .get(to))
        .partitions();
  }

  @Test
  void afterACrash_theEdgeThatStoodByTakesTheStream_andNotTheOneThatWasJustStartedAgain() {
    // In the order of their names, and of their numbers of slots, the new one comes first.
    Map<String, Subscription> members =
        Map.of(
            "again", member(-1, List.of()),
            "standby", member(4, List.of(8, 9, 10, 11, 12, 13, 14, 15)));
    assertThat(assigned(members, "standby")).contains(new TopicPartition(TOPIC, 3));
    assertThat(assigned(members, "again")).hasSize(7);
  }

  @Test
  void whenTheGroupForgotAll_theEdgeThatStillHasTheStreamGetsItsSlot() {
    Map<String, Subscription> members =
        Map.of(
            "a", member(-1, List.of()), "b", member(-1, List.of(), 3), "c", member(4, List.of()));
    assertThat(assigned(members, "b")).contains(new TopicPartition(TOPIC, 3));
  }

  @Test
  void whatAnotherEdgeOwns_anEdgeThatWasForgottenDoesNotGetBack() {
    Map<String, Subscription> members =
        Map.of("a", member(4, List.of(3)), "b", member(-1, List.of(), 3));
    assertThat(assigned(members, "a")).contains(new TopicPartition(TOPIC, 3));
    assertThat(assigned(members, "b")).doesNotContain(new TopicPartition(TOPIC, 3));
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
