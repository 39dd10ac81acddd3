package io.stanzahook.delivery;

import java.security.SecureRandom;

/**
 * Ids of deliveries or batches (Standard Webhooks: unique, no dot, never the sender's): a random
 * part for the process and a count.
 *
 * <p>Not thread-safe.
 */
final class WebhookIds {
  /** How the id begins of what is delivered again. */
  private static final String AGAIN = "again_";

  /** The prefix, and behind it the last count: so the text itself is all that an id costs. */
  private final StringBuilder text = new StringBuilder();

  private final int prefix;
  private long count;

  /**
   * A series of ids.
   *
   * @param kind what they begin with: {@code msg_}, or {@code bat_} for those of batches
   */
  WebhookIds(SecureRandom random, String kind) {
    text.append(kind)
        .append(Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX))
        .append(Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX))
        .append('_');
    prefix = text.length();
  }

  /** One for what was delivered before, under another id. */
  String again() {
    return AGAIN + next();
  }

  String next() {
    text.setLength(prefix);
    return text.append(count++).toString();
  }
}
