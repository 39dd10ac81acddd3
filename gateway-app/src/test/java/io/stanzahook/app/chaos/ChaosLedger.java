package io.stanzahook.app.chaos;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was sent, what the gateway said it has, what the webhook was asked and what came back. A
 * message is one number of one conversation.
 */
final class ChaosLedger {
  /** One message, and what is known of it. */
  private static final class Entry {
    boolean safe;
    boolean asked;
    boolean answered;
    int replies;
    final Set<String> webhookIds = new HashSet<>();
  }

  private final Map<String, Entry> messages = new LinkedHashMap<>();

  /** Of each conversation, the last number asked for since the gateway was started. */
  private final Map<Integer, Integer> last = new HashMap<>();

  private final TreeSet<String> outOfOrder = new TreeSet<>();
  private final TreeSet<String> overtaken = new TreeSet<>();
  private final Map<Integer, Integer> furthest = new HashMap<>();
  private int requests;
  private int again;
  private int kills;

  private static String key(int conversation, int number) {
    return conversation + " " + number;
  }

  synchronized void sent(int conversation, int number) {
    messages.put(key(conversation, number), new Entry());
  }

  /** The gateway has answered a ping that was sent after this message. */
  synchronized void safe(int conversation, int number) {
    entry(key(conversation, number)).safe = true;
  }

  /** The webhook was asked. */
  synchronized void asked(String message, String webhookId) {
    requests++;
    Entry entry = entry(message);
    again += entry.answered ? 1 : 0;
    entry.webhookIds.add(webhookId);
    int conversation = Integer.parseInt(message.split(" ", 2)[0]);
    int number = Integer.parseInt(message.split(" ", 2)[1]);
    if (number < last.getOrDefault(conversation, -1)) {
      outOfOrder.add(message);
    }
    last.put(conversation, number);
    if (!entry.asked && number < furthest.getOrDefault(conversation, -1)) {
      overtaken.add(message);
    }
    furthest.merge(conversation, number, Math::max);
    entry.asked = true;
  }

  /** The webhook has answered with 200. */
  synchronized void answered(String message) {
    entry(message).answered = true;
  }

  synchronized void replied(String message) {
    entry(message).replies++;
  }

  synchronized void killed() {
    kills++;
    last.clear();
  }

  synchronized boolean allSafeAreAnswered() {
    return messages.values().stream().allMatch(entry -> entry.answered || !entry.safe);
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
        lost += entry.answered ? 0 : 1;
        unreplied += entry.replies == 0 ? 1 : 0;
      } else {
        unsafe++;
        unsafeLost += entry.asked ? 0 : 1;
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
        outOfOrder.size() + overtaken.size(),
        unreplied,
        repliedTwice);
  }

  private Entry entry(String message) {
    Entry entry = messages.get(message);
    if (entry == null) {
      throw new IllegalStateException("nobody sent '" + message + "'");
    }
    return entry;
  }
}
