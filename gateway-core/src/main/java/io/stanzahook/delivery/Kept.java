package io.stanzahook.delivery;

import io.stanzahook.stanza.Stanza;

/**
 * A stanza that is in the spool, or on its way there.
 *
 * @param position its place in the spool, greater than 0
 * @param received when it was received, by {@link System#nanoTime}
 * @param redelivered its sender has had an error for it already
 */
record Kept(Stanza stanza, String webhookId, long position, long received, boolean redelivered) {}
