package io.stanzahook.delivery;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import java.util.concurrent.TimeUnit;

/**
 * Notices conversations that look like two bots that answer each other: many messages in a row,
 * each of which came within moments of the answer to the one before. People do not write like that.
 *
 * <p>It watches a fixed number of conversations, which a hash distinguishes, and remembers when
 * each was last answered. So it costs almost nothing, whoever writes. If two conversations have the
 * same place, the newer one takes it. Two bots continue, so they are noticed later. In a room it
 * watches each occupant, because many people together may be quick.
 *
 * <p>Not thread-safe: belongs to the dispatcher's turns.
 */
final class QuickTurns {
  /** The number of quick messages in a row that people do not write. */
  static final int MANY = 100;

  /** A message is quick if it comes before the last answer, or no later than this after it. */
  static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How many conversations are watched; a power of two. */
  static final int MAX_WATCHED = 4096;

  private static final byte TOLD = MANY + 1;

  private final int[] hashes = new int[MAX_WATCHED];
  private final long[] answeredAt = new long[MAX_WATCHED];
  private final byte[] turns = new byte[MAX_WATCHED];

  /**
   * A message was answered.
   *
   * @param key of its conversation
   * @param received when the message came
   * @return whether the conversation looks like two bots now, for the first time
   */
  boolean answered(Stanza stanza, ConversationKey key, long received, long now) {
    int hash = hash(stanza, key);
    int at = (hash ^ (hash >>> 16)) & (MAX_WATCHED - 1);
    boolean known = hashes[at] == hash;
    boolean quick = known && Math.abs(received - answeredAt[at]) <= QUICK_NANOS;
    hashes[at] = hash;
    answeredAt[at] = now;
    byte before = known ? turns[at] : 0;
    if (before == TOLD) {
      return false;
    }
    turns[at] = quick ? (byte) (before + 1) : 0;
    if (turns[at] == MANY) {
      turns[at] = TOLD;
      return true;
    }
    return false;
  }

  /** Never 0, which marks an empty place. */
  private static int hash(Stanza stanza, ConversationKey key) {
    int hash = key.hashCode();
    if (stanza instanceof Message message && message.isGroupchat()) {
      hash = 31 * hash + String.valueOf(stanza.from().resource()).hashCode();
    }
    return hash == 0 ? 1 : hash;
  }
}
