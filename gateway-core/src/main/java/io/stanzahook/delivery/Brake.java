package io.stanzahook.delivery;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Knows which answers are to be held: those beyond so many a minute of one conversation, until that
 * minute is over. So two bots that answer each other go on, at a pace that does no harm. A minute
 * begins with an answer, and has the next one begin where it ends. Answers to iqs are neither held
 * nor counted.
 *
 * <p>What is held has a delivery that is done but for its answer, so the deliveries that are let in
 * bound it, and {@link #MAX_HELD} for each conversation. Belongs to the dispatcher's turns.
 */
final class Brake {
  /** How long answers are counted for. */
  static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** Conversations whose answers are counted; past it the minute that began first is forgotten. */
  static final int MAX_COUNTED = 50_000;

  /** Stanzas of one conversation that wait behind a held answer in memory; more are refused. */
  static final int MAX_HELD = 128;

  /** What waits behind held answers may wait so long beyond the time-out of the queue. */
  static final long MAX_BEHIND_HELD = 10 * MINUTE;

  /** One conversation's running minute. */
  private static final class Minute {
    final long began;
    int answers;

    /** Whether somebody was told that answers are held, in this minute or one right before it. */
    boolean told;

    Minute(long began, boolean told) {
      this.began = began;
      this.told = told;
    }

    long end() {
      return began + MINUTE;
    }
  }

  /** Those that began first come first, so those that end first do. */
  private final Map<ConversationKey, Minute> minutes = new LinkedHashMap<>();

  /** How many answers of each conversation are held. */
  private final Map<ConversationKey, Integer> held = new HashMap<>();

  private int perMinute;
  private boolean open;

  /**
   * Nothing was answered yet.
   *
   * @param perMinute answers that leave at once; 0: all do
   */
  Brake(int perMinute) {
    this.perMinute = perMinute;
  }

  /** Changes how many leave at once; false where that is as before. Else all that is held may. */
  boolean change(int next) {
    boolean changed = next != perMinute;
    if (changed) {
      perMinute = next;
      minutes.clear();
    }
    return changed;
  }

  /** Holds nothing any more, before the end. */
  void open() {
    open = true;
  }

  /** Counts an answer that is to leave: 0 if it may, else for how long it is to be held. */
  long count(ConversationKey key, long now) {
    if (perMinute == 0 || open) {
      return 0;
    }
    Minute minute = minute(key, now);
    if (minute.answers < perMinute) {
      minute.answers++;
      return 0;
    }
    return minute.end() - now;
  }

  /** An answer is held; whether it is the first of an unbroken series of minutes. */
  boolean hold(ConversationKey key) {
    held.merge(key, 1, Integer::sum);
    Minute minute = minutes.get(key);
    boolean first = minute != null && !minute.told;
    if (minute != null) {
      minute.told = true;
    }
    return first;
  }

  /** One that was held leaves. */
  void release(ConversationKey key) {
    held.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
  }

  /** Whether no answer is held. */
  boolean isIdle() {
    return held.isEmpty();
  }

  /** How many answers of that conversation are held. */
  int held(ConversationKey key) {
    return held.isEmpty() ? 0 : held.getOrDefault(key, 0);
  }

  /** Whether answers of that conversation are held in these minutes. */
  boolean isBraking(ConversationKey key) {
    Minute running = minutes.get(key);
    return running != null && running.told;
  }

  private Minute minute(ConversationKey key, long now) {
    @Nullable Minute running = minutes.get(key);
    if (running != null && now - running.end() < 0) {
      return running;
    }
    boolean told = running != null && running.told && now - running.end() < MINUTE;
    if (running != null) {
      // So that its place is that of its new beginning.
      minutes.remove(key);
    }
    forget(now);
    Minute begun = new Minute(now, told);
    minutes.put(key, begun);
    return begun;
  }

  /** Of those whose minute is long over nothing is known any more, nor of too many. */
  private void forget(long now) {
    var oldest = minutes.values().iterator();
    while (oldest.hasNext()
        && (now - oldest.next().end() >= MINUTE || minutes.size() >= MAX_COUNTED)) {
      oldest.remove();
    }
  }
}
