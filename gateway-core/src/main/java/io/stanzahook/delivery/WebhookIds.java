package io.stanzahook.delivery;

import java.security.SecureRandom;

/**
 * Ids of deliveries or batches (Standard Webhooks: unique, no dot, never the sender's): a random
 * part for the process and a count.
 *
 * <p>Not thread-safe.
 */
final class WebhookIds {
  /** The start of the id of a stanza that is delivered again. */
  private static final String AGAIN = "again_";

  /** The prefix, followed by the last count. So an id costs only its text. */
  private final StringBuilder text = new StringBuilder();

  private final int prefix;
  private long count;

  /** A series of ids that begin with {@code msg_}, or {@code bat_} for those of batches. */
  WebhookIds(SecureRandom random, String kind) {
    text.append(kind)
        .append(Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX))
        .append(Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX))
        .append('_');
    prefix = text.length();
  }

  /** An id for a stanza that was delivered before under another id. */
  String again() {
    return AGAIN + next();
  }

  String next() {
    text.setLength(prefix);
    return text.append(count++).toString();
  }
}
