package io.stanzahook.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Has the edges share the slots evenly, and waits for it. An edge that has just been started may
 * not be a member of the group yet: it is waited for, too.
 */
final class Balancing {
  /** How long to wait for another edge. */
  static final Duration JOINING = Duration.ofSeconds(10);

  /** How long to wait for slots to move. */
  static final Duration MOVING = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(200);

  private final Mono<Map<String, Member>> look;
  private final Supplier<Set<Integer>> used;
  private final Runnable ask;

  /** A member of the group of edges. */
  record Member(String host, Set<Integer> slots) {}

  /** The members, by their ids, before and after. */
  record Result(Map<String, Member> before, Map<String, Member> after, boolean isEven) {
    /** The slots that have another owner than before. */
    Set<Integer> moved() {
      Map<Integer, String> owners = owners(before);
      Map<Integer, String> now = owners(after);
      now.entrySet()
          .removeIf(
              each -> each.getValue().equals(owners.getOrDefault(each.getKey(), each.getValue())));
      return now.keySet();
    }

    private static Map<Integer, String> owners(Map<String, Member> of) {
      Map<Integer, String> owners = new TreeMap<>();
      of.forEach((id, member) -> member.slots().forEach(slot -> owners.put(slot, id)));
      return owners;
    }
  }

  /**
   * Prepares it.
   *
   * @param look who the members are now. While the group assigns slots, they have none
   * @param used the slots that components have
   * @param ask asks the group
   */
  Balancing(Mono<Map<String, Member>> look, Supplier<Set<Integer>> used, Runnable ask) {
    this.look = look;
    this.used = used;
    this.ask = ask;
  }

  /** Does it. Ends with an error if the brokers do not say who is a member. */
  Mono<Result> run() {
    return until(seen -> seen.size() > 1 && isWhole(seen), JOINING)
        .flatMap(
            before ->
                before.size() < 2 || isEven(before)
                    ? Mono.just(new Result(before, before, true))
                    : share(before));
  }

  private Mono<Result> share(Map<String, Member> before) {
    ask.run();
    return until(this::isEven, MOVING).map(after -> new Result(before, after, isEven(after)));
  }

  /** Looks until it is so, but not for longer; then what was seen last. */
  private Mono<Map<String, Member>> until(Predicate<Map<String, Member>> isSo, Duration most) {
    return look.repeatWhen(ends -> ends.delayElements(LOOK)).takeUntil(isSo).take(most).last();
  }

  private static boolean isWhole(Map<String, Member> members) {
    return members.values().stream().mapToInt(each -> each.slots().size()).sum() == Topics.SLOTS;
  }

  private boolean isEven(Map<String, Member> members) {
    Map<String, Set<Integer>> slots = new HashMap<>();
    members.forEach((id, member) -> slots.put(id, member.slots()));
    return isWhole(members)
        && SlotAssignor.surplus(slots, used.get(), (owner, slot) -> true).isEmpty();
  }
}
