package io.stanzahook.app.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was sent, what the gateway said it has, what the webhook was asked and what came back. A
 * message is one number of one conversation; numbers begin with 0. Runs are long: what is known of
 * a message takes little memory.
 */
final class ChaosLedger {
  /** One message, and what is known of it. */
  private static final class Entry {
    final long sentAt = System.nanoTime();
    boolean safe;

    /** When the webhook was first asked, and first answered; 0 where it never was. */
    long asked;

    long answered;
    int replies;
    @Nullable String webhookId;
    boolean manyIds;
  }

  /** By conversation, in the order of their numbers. */
  private final Map<Integer, List<Entry>> messages = new TreeMap<>();

  /** Counts what happens at the webhook. */
  private long now;

  private int requests;
  private int again;
  private int kills;

  /** The longest time from a message to its first POST, of those sent since then. */
  private long wait;

  private long waitSince = System.nanoTime();

  synchronized void sent(int conversation, int number) {
    List<Entry> all = messages.computeIfAbsent(conversation, key -> new ArrayList<>());
    if (number != all.size()) {
      throw new IllegalArgumentException(
          "number %d of conversation %d is not the next one".formatted(number, conversation));
    }
    all.add(new Entry());
  }

  /** The gateway has answered a ping that was sent after this message. */
  synchronized void safe(int conversation, int number) {
    entry(conversation, number).safe = true;
  }

  /** The webhook was asked. */
  synchronized void asked(String message, String webhookId) {
    requests++;
    Entry entry = entry(message);
    again += entry.answered > 0 ? 1 : 0;
    if (entry.webhookId == null) {
      entry.webhookId = webhookId;
    } else {
      entry.manyIds |= !entry.webhookId.equals(webhookId);
    }
    now++;
    if (entry.asked == 0) {
      entry.asked = now;
      if (entry.sentAt - waitSince > 0) {
        wait = Math.max(wait, System.nanoTime() - entry.sentAt);
      }
    }
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

  /** Looks at how long messages wait that are sent from now on. */
  synchronized void forgetWait() {
    wait = 0;
    waitSince = System.nanoTime();
  }

  /** The longest time from a message to its first POST since then, in milliseconds. */
  synchronized long longestWait() {
    return wait / 1_000_000;
  }

  /** Safe messages that the webhook has not answered. */
  synchronized int waiting() {
    return count(entry -> entry.safe && entry.answered == 0);
  }

  boolean allSafeAreAnswered() {
    return waiting() == 0;
  }

  synchronized int requests() {
    return requests;
  }

  private int count(Predicate<Entry> which) {
    return (int) messages.values().stream().flatMap(List::stream).filter(which).count();
  }

  synchronized ChaosFigures figures() {
    return new ChaosFigures(
        kills,
        count(entry -> entry.safe),
        count(entry -> entry.safe && entry.answered == 0),
        count(entry -> !entry.safe),
        count(entry -> !entry.safe && entry.asked == 0),
        requests,
        again,
        count(entry -> entry.manyIds),
        outOfOrder(),
        count(entry -> entry.safe && entry.replies == 0),
        count(entry -> entry.replies > 1));
  }

  /**
   * How many were asked for, the first time, before the one before them of their conversation was
   * answered: those that never came aside, since nobody had them. Requests of a process that is no
   * more, or that nobody waits for any more, may come later than that, and count for nothing.
   */
  private int outOfOrder() {
    int count = 0;
    for (List<Entry> conversation : messages.values()) {
      long answeredAt = 0;
      for (Entry entry : conversation) {
        if (entry.asked > 0) {
          count += entry.asked < answeredAt ? 1 : 0;
          answeredAt = entry.answered == 0 ? Long.MAX_VALUE : entry.answered;
        }
      }
    }
    return count;
  }

  private Entry entry(String message) {
    int space = message.indexOf(' ');
    return entry(
        Integer.parseInt(message.substring(0, space)),
        Integer.parseInt(message.substring(space + 1)));
  }

  private Entry entry(int conversation, int number) {
    List<Entry> all = messages.getOrDefault(conversation, List.of());
    if (number >= all.size()) {
      throw new IllegalStateException("nobody sent '" + conversation + " " + number + "'");
    }
    return all.get(number);
  }
}
