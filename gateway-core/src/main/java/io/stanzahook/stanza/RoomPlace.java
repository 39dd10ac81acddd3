package io.stanzahook.stanza;

import org.jspecify.annotations.Nullable;

/**
 * Where a message from a chat room that we are in was said (XEP-0045).
 *
 * @param room the room's bare address
 * @param nick who said it; null for the room itself
 * @param me our own nick there, when it came
 */
public record RoomPlace(Jid room, @Nullable String nick, String me) {}
