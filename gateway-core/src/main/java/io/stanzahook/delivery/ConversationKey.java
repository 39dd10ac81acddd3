package io.stanzahook.delivery;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;

/**
 * What is kept in order: a pair of bare addresses, in one form for all the ways of writing them.
 *
 * <p>Servers differ in what they normalise (ejabberd delivers {@code to} as the client wrote it),
 * so equal addresses may look different. The key is only for comparing; it is never sent. It folds
 * more than RFC 7622 does, because two addresses with one key cost parallelism, but two keys for
 * one address would cost order.
 *
 * <p>It is comparable because strangers choose addresses. A map keeps comparable keys with equal
 * hashes in a tree. Other keys it would have to search one by one.
 */
public record ConversationKey(String from, String to) implements Comparable<ConversationKey> {

  @Override
  public int compareTo(ConversationKey other) {
    int order = from.compareTo(other.from);
    return order == 0 ? to.compareTo(other.to) : order;
  }

  static ConversationKey of(Stanza stanza) {
    return new ConversationKey(normalized(stanza.from()), normalized(stanza.to()));
  }

  /** The common form of a bare address. */
  public static String normalized(Jid jid) {
    // A dotless i in capitals is an i in capitals: one conversation, whoever wrote it so.
    return jid.bare().comparable().replace('\u0131', 'i');
  }
}
