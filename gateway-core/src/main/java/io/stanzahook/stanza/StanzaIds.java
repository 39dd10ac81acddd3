package io.stanzahook.stanza;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids for stanzas that need one and have none: a random prefix, drawn once, and a counter. Ids do
 * not repeat within a process, and do not collide with those of another.
 */
public final class StanzaIds {
  /** The prefix of this process: ids that begin with it were made here. */
  private static final String PROCESS =
      Long.toString(new SecureRandom().nextLong() & Long.MAX_VALUE, Character.MAX_RADIX);

  private final String prefix =
      PROCESS
          + Long.toString(new SecureRandom().nextInt() & Integer.MAX_VALUE, Character.MAX_RADIX)
          + "-";
  private final AtomicLong last = new AtomicLong();

  /** An id that no other stanza has. */
  public String next() {
    return prefix + Long.toString(last.incrementAndGet(), Character.MAX_RADIX);
  }

  /** Whether the id was made in this process. Nobody can guess an id that was not sent yet. */
  public static boolean isOne(String id) {
    return id.startsWith(PROCESS);
  }
}
