package io.stanzahook.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.cluster.PartitionLanes.Commit;
import io.stanzahook.cluster.PartitionLanes.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PartitionLanesTest {
  private static final String SLOW = "slow.example";
  private static final String FAST = "fast.example";

  /**
   * A record of the log.
   *
   * @param number of its conversation's messages
   */
  private record Message(long offset, String domain, String conversation, int number) {}

  /** A log with gaps, and what is known of it over all lives. */
  private static final class Log {
    final List<Message> messages = new ArrayList<>();
    final Set<Long> finished = new HashSet<>();
    private final Map<String, List<Message>> conversations = new HashMap<>();

    /** How many of each conversation are finished, from the first one on. */
    private final Map<String, Integer> done = new HashMap<>();

    private long next = 5;

    void append(String domain, String conversation, Random random) {
      next += random.nextInt(8) == 0 ? 1 + random.nextInt(30) : 1;
      List<Message> own =
          conversations.computeIfAbsent(domain + conversation, key -> new ArrayList<>());
      Message message = new Message(next, domain, conversation, own.size());
      messages.add(message);
      own.add(message);
    }

    int index(long offset) {
      int low = 0;
      int high = messages.size();
      while (low < high) {
        int middle = (low + high) / 2;
        if (messages.get(middle).offset() < offset) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** Older ones of its conversation that are not finished. */
    List<Message> unfinishedBefore(Message message) {
      String key = message.domain() + message.conversation();
      List<Message> all = requireNonNull(conversations.get(key));
      int from = done.getOrDefault(key, 0);
      while (from < message.number() && finished.contains(all.get(from).offset())) {
        from++;
      }
      done.put(key, from);
      return all.subList(from, Math.max(from, message.number()));
    }
  }

  /** One owner of the partition, as the loop of a worker is. */
  private static final class Owner {
    final Log log;
    final PartitionLanes lanes;
    final int room;

    /** In memory, by conversation, in the order in which they were taken. */
    final Map<String, ArrayDeque<Message>> held = new LinkedHashMap<>();

    private final Map<String, Integer> counts = new HashMap<>();
    private final Set<Long> offsets = new HashSet<>();
    private int front;

    /** Where it reads again; -1 where it does not. */
    private int again = -1;

    private long now;

    /** Taken in this life. */
    int taken;

    Owner(Log log, Commit commit, int room, int maxSpan) {
      this.log = log;
      this.room = room;
      this.lanes = new PartitionLanes(commit.offset(), commit.metadata(), maxSpan);
      this.front = log.index(lanes.front());
    }

    private boolean hasRoom(String domain) {
      return counts.getOrDefault(domain, 0) < room;
    }

    private boolean hasRoom(long component) {
      return hasRoom(component == PartitionLanes.component(SLOW) ? SLOW : FAST);
    }

    void readFront() {
      if (front == log.messages.size()) {
        return;
      }
      Message next = log.messages.get(front);
      String other = next.domain().equals(SLOW) ? FAST : SLOW;
      boolean hasRoom = hasRoom(next.domain());
      Step step =
          lanes.passes(next.offset())
              ? Step.PASS
              : lanes.read(
                  next.offset(),
                  next.domain(),
                  next.conversation(),
                  hasRoom,
                  !hasRoom && hasRoom(other),
                  now);
      if (step != Step.WAIT) {
        front++;
      }
      if (step == Step.TAKE) {
        take(next);
      }
    }

    void readAgain() {
      if (again < 0 || !lanes.isReadAgain()) {
        long from = lanes.beginAgain(this::hasRoom);
        again = from < 0 ? -1 : log.index(from);
      }
      if (again < 0) {
        return;
      }
      if (again < log.messages.size() && log.messages.get(again).offset() < lanes.front()) {
        Message next = log.messages.get(again++);
        Step step =
            lanes.readAgain(
                next.offset(), next.domain(), next.conversation(), hasRoom(next.domain()), now);
        if (step == Step.TAKE) {
          take(next);
        }
      } else {
        lanes.endAgain();
        again = -1;
      }
    }

    private void take(Message message) {
      taken++;
      assertThat(offsets.add(message.offset())).as("%s is held already", message).isTrue();
      for (Message older : log.unfinishedBefore(message)) {
        if (!offsets.contains(older.offset()) && !log.finished.contains(older.offset())) {
          throw new AssertionError(message + " is taken before " + older);
        }
      }
      counts.merge(message.domain(), 1, Integer::sum);
      held.computeIfAbsent(message.domain() + message.conversation(), key -> new ArrayDeque<>())
          .add(message);
    }

    /** The first of a conversation is delivered. */
    void finish(String conversation) {
      ArrayDeque<Message> waiting = requireNonNull(held.get(conversation));
      Message first = waiting.remove();
      if (waiting.isEmpty()) {
        held.remove(conversation);
      }
      counts.merge(first.domain(), -1, Integer::sum);
      offsets.remove(first.offset());
      log.finished.add(first.offset());
      lanes.finish(first.offset());
    }

    private void forget(String domain) {
      held.values()
          .removeIf(
              waiting -> {
                boolean gone = waiting.element().domain().equals(domain);
                if (gone) {
                  waiting.forEach(each -> offsets.remove(each.offset()));
                }
                return gone;
              });
      counts.remove(domain);
    }

    /** The component is started anew. */
    void restart(String domain) {
      forget(domain);
      lanes.again(domain);
    }

    /** The lease was over for a moment. */
    void lapse() {
      forget(SLOW);
      forget(FAST);
      lanes.again();
      front = log.index(lanes.front());
      again = -1;
    }

    void look() {
      now += PartitionLanes.STUCK;
      lanes.relieve(now, domain -> counts.getOrDefault(domain, 0) > room / 2);
    }
  }

  /** Nothing below the commit may be unfinished, for whoever reads it. */
  private static void check(Log log, Commit commit) {
    assertThat(commit.metadata().length()).isLessThanOrEqualTo(PartitionProgress.MAX_METADATA);
    for (Message each : log.messages) {
      assertThat(each.offset() < commit.offset() && !log.finished.contains(each.offset()))
          .as("%s is below the commit", each)
          .isFalse();
    }
  }

  /** Whatever is stuck, has no room, is started anew, lapses or dies, and whenever. */
  @Property(tries = 300)
  void orderHoldsAndNothingIsLost_whateverStaysBehindAndWhoeverDies(
      @ForAll @IntRange(min = 1, max = 400) int count,
      @ForAll @IntRange(min = 1, max = 12) int conversations,
      @ForAll @IntRange(min = 1, max = 12) int room,
      @ForAll @IntRange(min = 1, max = 60) int maxSpan,
      @ForAll long seed) {
    Random random = new Random(seed);
    Log log = new Log();
    Owner owner = new Owner(log, new Commit(5, ""), room, maxSpan);
    Commit last = new Commit(5, "");
    Set<String> stuck = new HashSet<>();
    int left = count;
    for (int step = 0; step < 12 * count; step++) {
      switch (random.nextInt(40)) {
        case 0, 1, 2, 3, 4, 5, 6, 7 -> {
          if (left > 0) {
            left--;
            log.append(
                random.nextInt(3) == 0 ? FAST : SLOW, "c" + random.nextInt(conversations), random);
          }
        }
        case 8 ->
            stuck.add((random.nextInt(3) == 0 ? FAST : SLOW) + "c" + random.nextInt(conversations));
        case 9 -> stuck.removeIf(each -> random.nextInt(3) == 0);
        case 10, 11 -> {
          owner.look();
        }
        case 12, 13 -> {
          last = owner.lanes.commit();
          check(log, last);
        }
        case 14 -> {
          if (random.nextInt(4) == 0) {
            owner = new Owner(log, last, room, maxSpan);
          } else if (random.nextInt(3) == 0) {
            owner.lapse();
          } else if (random.nextInt(3) == 0) {
            owner.restart(random.nextBoolean() ? SLOW : FAST);
          }
        }
        case 15, 16, 17, 18, 19, 20, 21, 22, 23 -> owner.readAgain();
        case 24, 25, 26, 27, 28, 29 -> {
          List<String> ready = new ArrayList<>(owner.held.keySet());
          ready.removeAll(stuck);
          if (!ready.isEmpty()) {
            owner.finish(ready.get(random.nextInt(ready.size())));
          }
        }
        default -> owner.readFront();
      }
    }
    owner = random.nextBoolean() ? owner : new Owner(log, last, room, maxSpan);
    for (int step = 0;
        step < 40 * (count + 10) && log.finished.size() < log.messages.size();
        step++) {
      owner.readFront();
      owner.readAgain();
      List<String> ready = new ArrayList<>(owner.held.keySet());
      if (!ready.isEmpty()) {
        owner.finish(ready.get(random.nextInt(ready.size())));
      }
    }
    assertThat(log.finished).hasSize(log.messages.size());
    for (int step = 0; step < 40 * (count + 10); step++) {
      owner.readFront();
      owner.readAgain();
      while (!owner.held.isEmpty()) {
        owner.finish(owner.held.keySet().iterator().next());
      }
      owner.lanes.commit();
    }
    Commit end = owner.lanes.commit();
    assertThat(owner.lanes.hasLanes()).isFalse();
    assertThat(end.metadata()).isEmpty();
    check(log, end);
  }

  /** Reads on, and finishes all but what is stuck. */
  private static void work(Owner owner, Set<String> stuck, int lookEach) {
    while (owner.front < owner.log.messages.size()) {
      int before = owner.front;
      owner.readFront();
      owner.readAgain();
      for (String each : List.copyOf(owner.held.keySet())) {
        while (!stuck.contains(each) && owner.held.containsKey(each)) {
          owner.finish(each);
        }
      }
      if (owner.front % lookEach == 0 && owner.front != before) {
        owner.look();
        owner.look();
      }
    }
  }

  @Test
  void aStuckConversationDoesNotHoldTheCommitOfTheOthers() {
    Log log = new Log();
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      log.append(FAST, i % 10 == 0 ? "stuck" : "c" + i % 1000, random);
    }
    Owner owner = new Owner(log, new Commit(5, ""), 20_000, PartitionLanes.MAX_SPAN);
    work(owner, Set.of(FAST + "stuck"), 1000);
    Commit commit = owner.lanes.commit();
    assertThat(commit.offset()).isEqualTo(log.messages.get(0).offset());
    assertThat(commit.metadata().length()).isLessThan(PartitionProgress.MAX_METADATA);
    // So many of one conversation are in memory; the others of it wait in the log.
    assertThat(requireNonNull(owner.held.get(FAST + "stuck")).size())
        .isLessThan(PartitionLanes.MAX_SPAN);

    Owner next = new Owner(log, commit, 20_000, PartitionLanes.MAX_SPAN);
    work(next, Set.of(), 1000);
    for (int i = 0; i < 200_000; i++) {
      next.readAgain();
      for (String each : List.copyOf(next.held.keySet())) {
        next.finish(each);
      }
    }
    assertThat(log.finished).hasSize(log.messages.size());
    assertThat(next.taken).as("only what was stuck").isEqualTo(10_000);
  }

  @Test
  void aComponentWithoutRoomIsPassedOver_andOthersGoOn() {
    Log log = new Log();
    Random random = new Random(2);
    for (int i = 0; i < 50_000; i++) {
      log.append(i % 2 == 0 ? SLOW : FAST, "c" + i % 500, random);
    }
    Set<String> stuck = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      stuck.add(SLOW + "c" + i);
    }
    Owner owner = new Owner(log, new Commit(5, ""), 300, PartitionLanes.MAX_SPAN);
    work(owner, stuck, 1000);
    assertThat(owner.counts.get(SLOW)).isEqualTo(300);
    assertThat(log.finished).hasSize(25_000);
    assertThat(owner.lanes.left()).isEqualTo(25_000 - 300);
    Commit commit = owner.lanes.commit();
    assertThat(commit.metadata().length()).isLessThan(PartitionProgress.MAX_METADATA);

    Owner next = new Owner(log, commit, 300, PartitionLanes.MAX_SPAN);
    assertThat(next.lanes.front())
        .as("others begin at the end at once")
        .isGreaterThan(log.messages.get(49_998).offset());
    for (int i = 0; i < 200_000; i++) {
      next.readFront();
      next.readAgain();
      for (String each : List.copyOf(next.held.keySet())) {
        next.finish(each);
      }
    }
    assertThat(log.finished).hasSize(log.messages.size());
    assertThat(next.taken).isEqualTo(25_000);
    assertThat(next.lanes.left()).isZero();
  }

  @Test
  void oneAloneIsNotPassedOver() {
    PartitionLanes lanes = new PartitionLanes(0, "");
    assertThat(lanes.read(0, SLOW, "a", true, false, 0)).isEqualTo(Step.TAKE);
    assertThat(lanes.read(1, SLOW, "b", false, false, 0)).isEqualTo(Step.WAIT);
    assertThat(lanes.front()).isEqualTo(1);
    assertThat(lanes.read(1, SLOW, "b", true, false, 0)).isEqualTo(Step.TAKE);
    assertThat(lanes.hasLanes()).isFalse();
  }

  @Test
  void aComponentThatIsStartedAnewGetsItsOwnMessagesAgain_andNobodyElse() {
    PartitionLanes lanes = new PartitionLanes(0, "");
    for (int i = 0; i < 6; i++) {
      lanes.read(i, i % 2 == 0 ? SLOW : FAST, "a", true, true, 0);
    }
    lanes.finish(2);
    lanes.again(SLOW);
    assertThat(lanes.read(6, SLOW, "a", true, true, 0)).isEqualTo(Step.PASS);
    assertThat(lanes.read(7, FAST, "a", true, true, 0)).isEqualTo(Step.TAKE);
    assertThat(lanes.beginAgain(component -> true)).isZero();
    List<Long> again = new ArrayList<>();
    for (long i = 0; i < 8; i++) {
      if (lanes.readAgain(i, i % 2 == 0 ? SLOW : FAST, "a", true, 0) == Step.TAKE) {
        again.add(i);
      }
    }
    assertThat(again).containsExactly(0L, 4L, 6L);
    lanes.endAgain();
    assertThat(lanes.read(8, SLOW, "a", true, true, 0)).isEqualTo(Step.TAKE);
  }

  /** As many as there may be, each with much to say of what is finished. */
  @Test
  void whatDoesNotFitIntoTheMetadataIsDeliveredAgain() {
    Log log = new Log();
    Random random = new Random(3);
    Set<String> stuck = new HashSet<>();
    for (int i = 0; i < 60_000; i++) {
      log.append(FAST, "c" + random.nextInt(3000), random);
    }
    for (int i = 0; i < 100; i++) {
      stuck.add(FAST + "c" + i);
    }
    Owner owner = new Owner(log, new Commit(5, ""), 20_000, PartitionLanes.MAX_SPAN);
    work(owner, stuck, 500);
    assertThat(owner.lanes.hasLanes()).isTrue();
    Commit commit = owner.lanes.commit();
    check(log, commit);
    Owner next = new Owner(log, commit, 20_000, PartitionLanes.MAX_SPAN);
    work(next, Set.of(), 500);
    for (int i = 0; i < 200_000; i++) {
      next.readAgain();
      for (String each : List.copyOf(next.held.keySet())) {
        next.finish(each);
      }
    }
    assertThat(log.finished).hasSize(log.messages.size());
  }

  @Property(tries = 200)
  void anotherProgramsMetadataSaysNothing(@ForAll String metadata, @ForAll byte[] bytes) {
    Map<Long, String> texts = new TreeMap<>();
    texts.put(1L, metadata);
    texts.put(2L, "l" + metadata);
    texts.put(3L, "l" + java.util.Base64.getEncoder().encodeToString(bytes));
    texts.forEach(
        (number, text) -> {
          PartitionLanes lanes = new PartitionLanes(10, text);
          assertThat(lanes.hasLanes()).isFalse();
          assertThat(lanes.committed()).isGreaterThanOrEqualTo(10);
        });
  }
}
