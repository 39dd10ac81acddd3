package io.stanzahook.delivery;

/**
 * A stanza whose delivery failed for good, kept as a dead letter.
 *
 * @param position its position in the journal; dead letters are sorted by it
 */
public record DeadLetter(long position, KeptStanza record, Burial burial) {}
