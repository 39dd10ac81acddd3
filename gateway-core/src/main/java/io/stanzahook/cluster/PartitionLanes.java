package io.stanzahook.cluster;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What is finished of a partition, and who stays behind in it. Most messages belong to the main
 * progress. A conversation that is stuck, and a component that has no room for more, get a lane: a
 * progress of its own. So the main one and its commit move on. Nothing is copied: messages of a
 * lane stay where they are in the log, and the commit's metadata names the lanes.
 *
 * <p>A lane is behind as long as some of its messages were passed over. They are read again later,
 * from where the lane is; only then it takes what comes at the front. So what is not finished of a
 * conversation is in one place, the main progress or one lane, and is taken in the order of its
 * offsets. This holds for the next owner, too: for it all lanes are behind.
 *
 * <p>Lanes are known by a hash. If two conversations have the same one, they share a lane, and
 * nothing else happens.
 *
 * <p>It is one class because each step of a message changes the progress and the lanes together.
 *
 * <p>Not thread-safe.
 */
final class PartitionLanes {
  /** Lanes of conversations, and lanes in all. */
  static final int MAX_CONVERSATIONS = 40;

  static final int MAX_LANES = 64;

  /** Messages of a conversation that has a lane, in memory; those behind them are passed over. */
  static final int MAX_OF_ONE = 128;

  /** How far reading may be ahead of a stuck conversation that has no lane. */
  static final int MAX_SPAN = 8192;

  /** How far a lane may be ahead of its own lowest offset that is not finished: a bit for each. */
  static final int MAX_LANE_AHEAD = 100_000;

  /** A message that is not finished after this time, in nanoseconds, is stuck. */
  static final long STUCK = 10_000_000_000L;

  private static final char LANES = 'l';

  /** What each lane takes of the metadata at most, beside what it says of offsets. */
  private static final int BYTES_OF_LANE = 8 + 8 + 10 + 2;

  private static final int BYTES_OF_ALL = 4 + 10 + 2 + 2;

  /** What becomes of a record that was read. */
  enum Step {
    /** It is to be handed out. */
    TAKE,
    /** It is finished, or in memory already, or is read again later. */
    PASS,
    /** It is to be read again, and nothing behind it before. */
    WAIT
  }

  /** What to commit. */
  record Commit(long offset, String metadata) {}

  /**
   * The component and the conversation that have a lane.
   *
   * @param conversation 0 for all of a component that have none
   */
  private record Who(long component, long conversation) implements Comparable<Who> {
    @Override
    public int compareTo(Who other) {
      int first = Long.compare(component, other.component);
      return first == 0 ? Long.compare(conversation, other.conversation) : first;
    }
  }

  private static final class Lane {
    final Who who;
    final PartitionProgress progress;

    /** Of what is below, all is finished or in memory. */
    long cursor;

    boolean behind;

    /** It is read again now. */
    boolean following;

    /**
     * No commit has named it before: what the main progress says is finished, is. Of others it only
     * says that they were passed over.
     */
    boolean fresh;

    /** Messages in memory. */
    int open;

    Lane(Who who, PartitionProgress progress) {
      this.who = who;
      this.progress = progress;
      this.cursor = progress.next();
    }

    boolean isOfConversation() {
      return who.conversation() != 0;
    }

    boolean isFull(long offset) {
      return (isOfConversation() && open >= MAX_OF_ONE)
          || (progress.isOpen() && offset - progress.committed() > MAX_LANE_AHEAD);
    }

    void again() {
      cursor = progress.again();
      behind = true;
      following = false;
      open = 0;
    }

    /** What was not in memory when it began, or since, and lies below, is finished. */
    void skip(long to) {
      if (!progress.isOpen() || to - progress.committed() <= MAX_LANE_AHEAD) {
        progress.skip(to);
      }
    }
  }

  /** A message in memory. */
  private static final class Open {
    final String domain;
    final String conversation;
    final long since;
    Lane lane;

    Open(String domain, String conversation, long since, Lane lane) {
      this.domain = domain;
      this.conversation = conversation;
      this.since = since;
      this.lane = lane;
    }
  }

  private final Lane main;

  /** What is read next. The main progress may know of more that is finished. */
  private long front;

  private final Map<Who, Lane> lanes = new LinkedHashMap<>();

  /** By offset. */
  private final Map<Long, Open> open = new HashMap<>();

  /** Messages that were passed over and not read again, as far as is known. */
  private long left;

  private final int maxSpan;

  /** Goes on where a commit ended. */
  PartitionLanes(long committed, String metadata) {
    this(committed, metadata, MAX_SPAN);
  }

  /** The same, for tests with short logs. */
  PartitionLanes(long committed, String metadata, int maxSpan) {
    this.maxSpan = maxSpan;
    Lane known =
        metadata.isEmpty() || metadata.charAt(0) != LANES ? null : read(committed, metadata);
    main = known == null ? lane(0, 0, new PartitionProgress(committed, metadata)) : known;
    front = main.progress.committed();
  }

  private static Lane lane(long component, long conversation, PartitionProgress progress) {
    return new Lane(new Who(component, conversation), progress);
  }

  /** How a component is known here. */
  static long component(String domain) {
    return hash(1, domain);
  }

  private static long hash(long seed, String text) {
    long hash = seed;
    for (int i = 0; i < text.length(); i++) {
      hash = hash * 0x100000001b3L + text.charAt(i);
    }
    hash = (hash ^ (hash >>> 31)) * 0x7fb5d329728ea185L;
    hash ^= hash >>> 29;
    return hash == 0 ? 1 : hash;
  }

  private @Nullable Lane find(String domain, String conversation) {
    if (lanes.isEmpty()) {
      return null;
    }
    long component = component(domain);
    Lane own = lanes.get(new Who(component, hash(component, conversation)));
    return own == null ? lanes.get(new Who(component, 0)) : own;
  }

  /** What reading at the front begins with, and goes on with. */
  long front() {
    return front;
  }

  /** The lowest offset that is not finished. */
  long committed() {
    long lowest = main.progress.committed();
    for (Lane each : lanes.values()) {
      lowest = Math.min(lowest, each.progress.committed());
    }
    return lowest;
  }

  /** Whether reading is so far ahead that it is to wait. */
  boolean isTooFarAhead() {
    return main.progress.isTooFarAhead();
  }

  /** Messages that were passed over, and are read again later. */
  long left() {
    return left;
  }

  /** Whether some conversation or component has a lane. */
  boolean hasLanes() {
    return !lanes.isEmpty();
  }

  /** Whether the next record at the front is surely finished, whoever it belongs to. */
  boolean passes(long offset) {
    return lanes.isEmpty() && main.progress.isFinished(offset) && !read(offset);
  }

  /** The next record at the front, where nobody ever gets a lane; whether to take it. */
  boolean read(long offset) {
    front = offset + 1;
    return main.progress.read(offset);
  }

  /**
   * The next record at the front.
   *
   * @param room whether its component has room
   * @param mayPass whether others have, so that it may be passed over
   * @param now by a clock of nanoseconds
   */
  Step read(
      long offset, String domain, String conversation, boolean room, boolean mayPass, long now) {
    boolean wanted = read(offset);
    Lane lane = find(domain, conversation);
    if (lane == null) {
      if (!wanted) {
        return Step.PASS;
      }
      if (room) {
        return take(offset, domain, conversation, main, now);
      }
      if (!mayPass || lanes.size() >= MAX_LANES) {
        return await(offset);
      }
      lane = begin(new Who(component(domain), 0), main, offset, each -> each.domain.equals(domain));
      pass(lane, offset);
      return Step.PASS;
    }
    if (!wanted && lane.fresh) {
      lane.progress.finish(offset);
      return Step.PASS;
    }
    if (!lane.behind && !room && !mayPass && !lane.isFull(offset)) {
      return await(offset);
    }
    main.progress.finish(offset);
    if (lane.behind) {
      left += wanted ? 1 : 0;
      return Step.PASS;
    }
    if (!room || lane.isFull(offset)) {
      pass(lane, offset);
      return Step.PASS;
    }
    return takeIfWanted(offset, domain, conversation, lane, now);
  }

  private Step await(long offset) {
    main.progress.unread(offset);
    front = offset;
    return Step.WAIT;
  }

  private void pass(Lane lane, long offset) {
    main.progress.finish(offset);
    lane.cursor = Math.max(lane.cursor, offset);
    lane.behind = true;
    left++;
  }

  private Step takeIfWanted(long offset, String domain, String conversation, Lane lane, long now) {
    lane.cursor = Math.max(lane.cursor, offset + 1);
    return lane.progress.read(offset) && !open.containsKey(offset)
        ? take(offset, domain, conversation, lane, now)
        : Step.PASS;
  }

  private Step take(long offset, String domain, String conversation, Lane lane, long now) {
    lane.open++;
    open.put(offset, new Open(domain, conversation, now, lane));
    return Step.TAKE;
  }

  /**
   * Begins to read lanes again.
   *
   * @param hasRoom told a {@link #component}
   * @return from where, up to the front; -1 if there is nothing to be read again
   */
  long beginAgain(LongPredicate hasRoom) {
    long from = -1;
    for (Lane each : lanes.values()) {
      if (each.behind
          && !each.isFull(each.cursor)
          && (!each.isOfConversation() || each.open <= MAX_OF_ONE / 2)
          && hasRoom.test(each.who.component())) {
        each.following = true;
        from = from < 0 ? each.cursor : Math.min(from, each.cursor);
      }
    }
    return from;
  }

  /** Whether some lane is read again now. */
  boolean isReadAgain() {
    for (Lane each : lanes.values()) {
      if (each.following) {
        return true;
      }
    }
    return false;
  }

  /** A record that is read again, below the front. */
  Step readAgain(long offset, String domain, String conversation, boolean room, long now) {
    Lane lane = find(domain, conversation);
    if (lane == null || !lane.following || offset < lane.cursor) {
      return Step.PASS;
    }
    if (!room || lane.isFull(offset)) {
      lane.cursor = offset;
      lane.following = false;
      return Step.PASS;
    }
    left = Math.max(0, left - 1);
    return takeIfWanted(offset, domain, conversation, lane, now);
  }

  /** The front is reached: lanes that were read again are not behind any more. */
  void endAgain() {
    for (Lane each : lanes.values()) {
      if (each.following) {
        each.following = false;
        each.behind = false;
        each.cursor = Math.max(each.cursor, front());
      }
    }
  }

  /** A message that was taken is finished. */
  void finish(long offset) {
    Open of = open.remove(offset);
    if (of == null) {
      main.progress.finish(offset);
    } else {
      of.lane.progress.finish(offset);
      of.lane.open--;
    }
  }

  /** All that is not finished is to be read again, from the front's new place on. */
  void again() {
    open.clear();
    main.open = 0;
    left = 0;
    front = main.progress.again();
    for (Lane each : lanes.values()) {
      each.again();
      each.fresh = false;
    }
  }

  /** What a component has in memory is to be read again; nothing of the others. */
  void again(String domain) {
    long component = component(domain);
    Who all = new Who(component, 0);
    Predicate<Open> own = each -> each.domain.equals(domain);
    if (!lanes.containsKey(all)
        && open.values().stream().anyMatch(each -> each.lane == main && own.test(each))) {
      begin(all, main, front(), own);
    }
    open.values().removeIf(own);
    for (Lane each : lanes.values()) {
      if (each.who.component() == component) {
        each.again();
      }
    }
  }

  /**
   * Gives lanes to conversations that are stuck: those that hold a progress back, and those that
   * have so many messages in memory that others of their component find no room.
   *
   * @param crowded whether a component, by its domain, has little room left
   */
  void relieve(long now, Predicate<String> crowded) {
    relieve(main, now);
    for (Lane each : List.copyOf(lanes.values())) {
      if (!each.isOfConversation()) {
        relieve(each, now);
      }
    }
    for (Open each : crowds(now, crowded)) {
      if (!each.lane.isOfConversation()) {
        beginFor(each);
      }
    }
  }

  private void relieve(Lane lane, long now) {
    while (lane.progress.next() - lane.progress.committed() > maxSpan) {
      Open lowest = open.get(lane.progress.committed());
      if (lowest == null || now - lowest.since < STUCK || !beginFor(lowest)) {
        return;
      }
    }
  }

  /** Of each conversation that has too many in memory, one. */
  private List<Open> crowds(long now, Predicate<String> crowded) {
    if (open.size() < MAX_OF_ONE) {
      return List.of();
    }
    Map<String, Integer> counts = new HashMap<>();
    List<Open> found = new ArrayList<>();
    for (Open each : open.values()) {
      if (!each.lane.isOfConversation()
          && now - each.since >= STUCK
          && crowded.test(each.domain)
          && counts.merge(each.domain + '\0' + each.conversation, 1, Integer::sum) == MAX_OF_ONE) {
        found.add(each);
      }
    }
    return found;
  }

  /** Gives one conversation a lane; where there are too many, its component. */
  private boolean beginFor(Open one) {
    Lane from = one.lane;
    long reached = from == main ? front() : from.cursor;
    long component = component(one.domain);
    long conversations = lanes.values().stream().filter(Lane::isOfConversation).count();
    boolean alone = conversations < MAX_CONVERSATIONS;
    Who who = new Who(component, alone ? hash(component, one.conversation) : 0);
    if (lanes.size() >= MAX_LANES || lanes.containsKey(who) || (!alone && from != main)) {
      return false;
    }
    begin(
        who,
        from,
        reached,
        each ->
            each.domain.equals(one.domain)
                && (!alone || each.conversation.equals(one.conversation)));
    return true;
  }

  /**
   * Some of what is in memory moves from one progress to a lane of its own.
   *
   * @param reached below it, they are all in memory or finished
   */
  private Lane begin(Who who, Lane from, long reached, Predicate<Open> those) {
    List<Long> offsets = new ArrayList<>();
    open.forEach(
        (offset, each) -> {
          if (each.lane == from && those.test(each)) {
            offsets.add(offset);
          }
        });
    offsets.sort(null);
    long first = offsets.isEmpty() ? reached : offsets.get(0);
    Lane lane = new Lane(who, new PartitionProgress(first, ""));
    for (long offset : offsets) {
      Open each = open.get(offset);
      if (each != null) {
        lane.progress.read(offset);
        from.progress.finish(offset);
        from.open--;
        lane.open++;
        each.lane = lane;
      }
    }
    lane.skip(reached);
    lane.cursor = reached;
    lane.behind = from.behind;
    lane.following = from.following;
    lane.fresh = from == main || from.fresh;
    lanes.put(who, lane);
    return lane;
  }

  /** Lanes that have caught up and hold nothing are not needed any more. */
  private void tidy() {
    if (main.progress.knowsFrom(front)) {
      // What was passed over before counts as finished there.
      return;
    }
    for (Lane each : lanes.values()) {
      if (each.behind) {
        // It may pass by what another one finished, and take it for its own.
        return;
      }
    }
    lanes.values().removeIf(each -> !each.progress.isOpen());
  }

  /** What to commit now. */
  Commit commit() {
    tidy();
    if (lanes.isEmpty()) {
      return new Commit(main.progress.committed(), main.progress.metadata());
    }
    long lowest = committed();
    int room = PartitionProgress.MAX_BYTES - BYTES_OF_ALL - lanes.size() * BYTES_OF_LANE;
    if (room < 0) {
      // All above is delivered again if another worker takes over.
      return new Commit(lowest, "");
    }
    int most = room / 2 / lanes.size();
    ByteBuffer out = ByteBuffer.allocate(PartitionProgress.MAX_BYTES).position(Integer.BYTES);
    number(out, lanes.size());
    for (Lane each : lanes.values()) {
      each.skip(each.behind ? each.cursor : front());
      out.putLong(each.who.component()).putLong(each.who.conversation());
      room -= write(out, each.progress, lowest, most);
    }
    write(out, main.progress, lowest, room);
    int length = out.position();
    out.putInt(0, checksum(out.array(), length));
    String text =
        Base64.getEncoder().withoutPadding().encodeToString(Arrays.copyOf(out.array(), length));
    return new Commit(lowest, LANES + text);
  }

  private static int write(ByteBuffer out, PartitionProgress progress, long lowest, int most) {
    byte[] encoded = progress.encoded(most);
    number(out, progress.committed() - lowest);
    number(out, encoded.length);
    out.put(encoded);
    return encoded.length;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, Integer.BYTES, length - Integer.BYTES);
    return (int) sum.getValue();
  }

  /** Seven bits a byte, the lowest first; all but the last have the highest bit. */
  private static void number(ByteBuffer out, long value) {
    long rest = value;
    for (; rest >= 0x80; rest >>>= 7) {
      out.put((byte) (rest | 0x80));
    }
    out.put((byte) rest);
  }

  private static long number(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte one = in.get();
      value |= (one & 0x7fL) << shift;
      if (one >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has no end");
  }

  /** Reads the lanes, and gives the main one; null if this is not ours. */
  private @Nullable Lane read(long committed, String metadata) {
    try {
      byte[] bytes = Base64.getDecoder().decode(metadata.substring(1));
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (in.getInt() != checksum(bytes, bytes.length)) {
        return null;
      }
      long count = number(in);
      for (long i = 0; i < count; i++) {
        Who who = new Who(in.getLong(), in.getLong());
        Lane lane = new Lane(who, progress(in, committed));
        lane.behind = true;
        lanes.put(who, lane);
      }
      return lane(0, 0, progress(in, committed));
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      lanes.clear();
      return null;
    }
  }

  private static PartitionProgress progress(ByteBuffer in, long committed) {
    long from = committed + number(in);
    byte[] encoded = new byte[(int) Math.min(number(in), in.remaining())];
    in.get(encoded);
    return new PartitionProgress(from, encoded);
  }
}
