package io.stanzahook.cluster;

import java.util.List;

/**
 * Replies on their way to the stream of a component, to be written together.
 *
 * @param domain the component's
 * @param webhookId of the message that they answer; empty if they may be written twice
 * @param partition that the message stood in; negative for none
 * @param offset that it had there
 * @param generation of the owner that answered
 * @param expires when nobody waits for them any more, in milliseconds since 1970
 * @param stanzas as XML
 */
public record ReplySet(
    String domain,
    String webhookId,
    int partition,
    long offset,
    int generation,
    long expires,
    List<String> stanzas) {
  /** The partition of replies to no message. */
  static final int NO_PARTITION = -1;

  /** In place of a partition: they came in, and answer a question of the stream's owner. */
  static final int CAME_IN = -2;

  public ReplySet {
    stanzas = List.copyOf(stanzas);
  }

  /** Replies to a message that was taken. */
  public static ReplySet to(Taken taken, long expires, List<String> stanzas) {
    ClusterMessage message = taken.message();
    Ownership ownership = taken.ownership();
    return new ReplySet(
        message.domain(),
        message.record().webhookId(),
        ownership.partition(),
        taken.offset(),
        ownership.generation(),
        expires,
        stanzas);
  }

  /** Stanzas that answer no message, or that may be written twice. */
  public static ReplySet of(String domain, long expires, List<String> stanzas) {
    return new ReplySet(domain, "", NO_PARTITION, 0, 0, expires, stanzas);
  }

  /** An answer that came on another stream of the component than its question had left on. */
  public static ReplySet cameIn(String domain, long expires, String stanza) {
    return new ReplySet(domain, "", CAME_IN, 0, 0, expires, List.of(stanza));
  }

  /** Whether they are not to be written, but came in on another stream. */
  public boolean isCameIn() {
    return partition == CAME_IN;
  }
}
