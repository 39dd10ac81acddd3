package io.stanzahook.delivery;

import io.stanzahook.stanza.Jid;

/** The ordering key of any address. */
public final class AnyConversation {
  private AnyConversation() {}

  /** What the key has for that address. */
  public static String key(Jid jid) {
    return ConversationKey.normalized(jid);
  }
}
