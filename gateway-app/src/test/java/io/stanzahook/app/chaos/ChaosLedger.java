package io.stanzahook.app.chaos;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What was sent, what the gateway said it has, what the webhook was asked and what came back. A
 * message is one number of one conversation.
 */
final class ChaosLedger {
  /** One message, and what is known of it. */
  private static final class Entry {
    final int conversation;
    boolean safe;

    /** When the webhook was first asked, and first answered; 0 where it never was. */
    long asked;

    long answered;
    int replies;
    final Set<String> webhookIds = new HashSet<>();

    Entry(int conversation) {
      this.conversation = conversation;
    }
  }

  private final Map<String, Entry> messages = new LinkedHashMap<>();

  /** Counts what happens at the webhook. */
  private long now;

  private int requests;
  private int again;
  private int kills;

  private static String key(int conversation, int number) {
    return conversation + " " + number;
  }

  synchronized void sent(int conversation, int number) {
    messages.put(key(conversation, number), new Entry(conversation));
  }

  /** The gateway has answered a ping that was sent after this message. */
  synchronized void safe(int conversation, int number) {
    entry(key(conversation, number)).safe = true;
  }

  /** The webhook was asked. */
  synchronized void asked(String message, String webhookId) {
    requests++;
    Entry entry = entry(message);
    again += entry.answered > 0 ? 1 : 0;
    entry.webhookIds.add(webhookId);
    now++;
    entry.asked = entry.asked == 0 ? now : entry.asked;
  }

  /** The webhook has answered with 200. */
  synchronized void answered(String message) {
    Entry entry = entry(message);
    now++;
    entry.answered = entry.answered == 0 ? now : entry.answered;
  }

  synchronized void replied(String message) {
    entry(message).replies++;
  }

  synchronized void killed() {
    kills++;
  }

  synchronized boolean allSafeAreAnswered() {
    return messages.values().stream().allMatch(entry -> entry.answered > 0 || !entry.safe);
  }

  synchronized int requests() {
    return requests;
  }

  synchronized ChaosFigures figures() {
    int safe = 0;
    int lost = 0;
    int unsafe = 0;
    int unsafeLost = 0;
    int manyIds = 0;
    int unreplied = 0;
    int repliedTwice = 0;
    for (Entry entry : messages.values()) {
      if (entry.safe) {
        safe++;
        lost += entry.answered > 0 ? 0 : 1;
        unreplied += entry.replies == 0 ? 1 : 0;
      } else {
        unsafe++;
        unsafeLost += entry.asked > 0 ? 0 : 1;
      }
      manyIds += entry.webhookIds.size() > 1 ? 1 : 0;
      repliedTwice += entry.replies > 1 ? 1 : 0;
    }
    return new ChaosFigures(
        kills,
        safe,
        lost,
        unsafe,
        unsafeLost,
        requests,
        again,
        manyIds,
        outOfOrder(),
        unreplied,
        repliedTwice);
  }

  /**
   * How many were asked for, the first time, before the one before them of their conversation was
   * answered: those that never came aside, since nobody had them. Requests of a process that is no
   * more, or that nobody waits for any more, may come later than that, and count for nothing.
   */
  private int outOfOrder() {
    Map<Integer, Long> answeredAt = new HashMap<>();
    int count = 0;
    for (Entry entry : messages.values()) {
      if (entry.asked > 0) {
        count += entry.asked < answeredAt.getOrDefault(entry.conversation, 0L) ? 1 : 0;
        answeredAt.put(entry.conversation, entry.answered == 0 ? Long.MAX_VALUE : entry.answered);
      }
    }
    return count;
  }

  private Entry entry(String message) {
    Entry entry = messages.get(message);
    if (entry == null) {
      throw new IllegalStateException("nobody sent '" + message + "'");
    }
    return entry;
  }
}
