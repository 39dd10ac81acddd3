package io.stanzahook.app.console;

import io.stanzahook.stanza.Stanza;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that was called in a batch.
 *
 * @param stanza null where it is not kept
 */
public record BatchMember(SeenBatch batch, String webhookId, @Nullable Stanza stanza) {}
