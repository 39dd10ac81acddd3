package io.stanzahook.stream;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import org.jspecify.annotations.Nullable;

/**
 * The header of a stanza that was written to a stream: enough to find out who sent it and why, and
 * nothing of what it said.
 *
 * @param bytes its size on the stream
 */
public record WrittenStanza(
    StanzaKind kind, @Nullable String type, Jid from, Jid to, @Nullable String id, int bytes) {

  static WrittenStanza of(OutboundStanza stanza, int bytes) {
    return new WrittenStanza(
        stanza.kind(), stanza.type(), stanza.from(), stanza.to(), stanza.id(), bytes);
  }
}
