package io.stanzahook.stanza;

import org.jspecify.annotations.Nullable;

/**
 * The attributes every stanza has (RFC 6120, 8.1), as received.
 *
 * @param to the recipient; the component's own domain if the server left it out
 * @param from the sender
 * @param id the sender's id for it
 * @param type the type attribute, not checked
 * @param lang {@code xml:lang} of the stanza, else of the stream
 */
public record StanzaHeader(
    Jid to, Jid from, @Nullable String id, @Nullable String type, @Nullable String lang) {}
