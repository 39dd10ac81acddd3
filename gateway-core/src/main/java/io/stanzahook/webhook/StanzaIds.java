package io.stanzahook.webhook;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids for stanzas that need one and have none: a random prefix, drawn once, and a counter, so that
 * ids neither repeat within a process nor collide with those of another.
 */
final class StanzaIds {
  private final String prefix =
      Long.toString(new SecureRandom().nextLong() & Long.MAX_VALUE, Character.MAX_RADIX) + "-";
  private final AtomicLong last = new AtomicLong();

  String next() {
    return prefix + Long.toString(last.incrementAndGet(), Character.MAX_RADIX);
  }
}
