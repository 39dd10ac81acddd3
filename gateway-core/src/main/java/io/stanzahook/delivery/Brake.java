package io.stanzahook.delivery;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says which answers are held: those of a conversation beyond a number in a minute, until the
 * minute is over. So two bots that answer each other continue at a pace that does no harm. A minute
 * begins with an answer. Answers to iqs are neither held nor counted.
 *
 * <p>The number of held answers is limited by the number of deliveries, and by {@link #MAX_HELD}
 * for each conversation. It belongs to the dispatcher's turns.
 */
final class Brake {
  /** The time for which answers are counted. */
  static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** Conversations whose answers are counted. Beyond it, the oldest minute is forgotten. */
  static final int MAX_COUNTED = 50_000;

  /**
   * Stanzas of one conversation that wait in memory behind a held answer. Further ones are refused.
   */
  static final int MAX_HELD = 128;

  /** How much longer than the time-out of the queue a stanza may wait behind held answers. */
  static final long MAX_BEHIND_HELD = 10 * MINUTE;

  /** The current minute of a conversation. */
  private static final class Minute {
    final long end;
    int answers;

    /** Whether it was reported that answers are held, in this minute or the one before it. */
    boolean told;

    Minute(long end, boolean told) {
      this.end = end;
      this.told = told;
    }
  }

  /** The oldest minute comes first, and so ends first. */
  private final Map<ConversationKey, Minute> minutes = new LinkedHashMap<>();

  /** How many answers of each conversation are held. */
  private final Map<ConversationKey, Integer> held = new HashMap<>();

  private int perMinute;
  private boolean open;

  /** With the number of answers that leave at once; 0 for all. */
  Brake(int perMinute) {
    this.perMinute = perMinute;
  }

  /**
   * Changes how many answers leave at once. Returns false if the number is the same. Otherwise all
   * held answers may leave.
   */
  boolean change(int next) {
    boolean changed = next != perMinute;
    if (changed) {
      perMinute = next;
      minutes.clear();
    }
    return changed;
  }

  /** Holds no more answers, because the end begins. */
  void open() {
    open = true;
  }

  /** Counts an answer. Returns 0 if it may leave, otherwise how long it is held. */
  long count(ConversationKey key, long now) {
    if (perMinute == 0 || open) {
      return 0;
    }
    Minute minute = minute(key, now);
    return minute.answers++ < perMinute ? 0 : minute.end - now;
  }

  /**
   * An answer is held. Returns whether it is the first one in a series of minutes without a gap.
   */
  boolean hold(ConversationKey key) {
    held.merge(key, 1, Integer::sum);
    Minute minute = minutes.get(key);
    boolean first = minute != null && !minute.told;
    if (minute != null) {
      minute.told = true;
    }
    return first;
  }

  /** A held answer leaves. */
  void release(ConversationKey key) {
    held.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
  }

  /** Whether no answer is held. */
  boolean isIdle() {
    return held.isEmpty();
  }

  /** How many answers of this conversation are held. */
  int held(ConversationKey key) {
    return held.isEmpty() ? 0 : held.getOrDefault(key, 0);
  }

  /** Whether answers of this conversation are held in the current minutes. */
  boolean isBraking(ConversationKey key) {
    Minute running = minutes.get(key);
    return running != null && running.told;
  }

  private Minute minute(ConversationKey key, long now) {
    @Nullable Minute running = minutes.get(key);
    if (running != null && now - running.end < 0) {
      return running;
    }
    boolean told = running != null && running.told && now - running.end < MINUTE;
    // Removed before, so that its place is that of its new beginning.
    minutes.remove(key);
    forget(now);
    Minute begun = new Minute(now + MINUTE, told);
    minutes.put(key, begun);
    return begun;
  }

  /** Forgets conversations whose minute is long over, and the oldest ones if there are too many. */
  private void forget(long now) {
    var oldest = minutes.values().iterator();
    while (oldest.hasNext()
        && (now - oldest.next().end >= MINUTE || minutes.size() >= MAX_COUNTED)) {
      oldest.remove();
    }
  }
}
