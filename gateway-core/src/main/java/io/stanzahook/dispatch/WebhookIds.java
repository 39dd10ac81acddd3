package io.stanzahook.dispatch;

import java.security.SecureRandom;

/**
 * Ids of deliveries (Standard Webhooks: unique, no dot, never the sender's): a random part for the
 * process and a count.
 *
 * <p>Not thread-safe.
 */
final class WebhookIds {
  private final String prefix;
  private long count;

  WebhookIds(SecureRandom random) {
    prefix =
        "msg_"
            + Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX)
            + Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX)
            + "_";
  }

  String next() {
    return prefix + Long.toString(count++, Character.MAX_RADIX);
  }
}
