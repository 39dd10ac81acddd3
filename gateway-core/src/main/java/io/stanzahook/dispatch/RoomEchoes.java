package io.stanzahook.dispatch;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Knows the component's own words when a chat room sends them back to it (XEP-0045, 7.4): a bot
 * that answered those would talk to itself for ever. Told by room and id, which rooms keep.
 *
 * <p>Not thread-safe.
 */
final class RoomEchoes {
  /** Messages on their way to a room and back at most; an older one is forgotten. */
  static final int MAX_AWAITED = 10_000;

  /** Characters kept of an id. */
  private static final int MOST_ID = 128;

  private final Set<String> awaited = new LinkedHashSet<>();

  /** A stanza is about to be sent. */
  void sent(OutboundStanza stanza) {
    if (stanza.kind() != StanzaKind.MESSAGE || !"groupchat".equals(stanza.type())) {
      return;
    }
    String id = stanza.id();
    if (id != null) {
      awaited.add(key(ConversationKey.normalized(stanza.to()), id));
      if (awaited.size() > MAX_AWAITED) {
        awaited.remove(awaited.iterator().next());
      }
    }
  }

  /** Whether it is one of ours come back. It may come back once to each of our occupants. */
  boolean isEcho(Stanza stanza) {
    if (awaited.isEmpty() || !(stanza instanceof Message message) || !message.isGroupchat()) {
      return false;
    }
    String id = stanza.id();
    return id != null && awaited.contains(key(ConversationKey.normalized(stanza.from()), id));
  }

  private static String key(String room, String id) {
    // An id may be as long as a message, and be an occupant's choice.
    return room
        + ' '
        + (id.length() <= MOST_ID ? id : id.substring(0, MOST_ID) + '#' + id.hashCode());
  }
}
