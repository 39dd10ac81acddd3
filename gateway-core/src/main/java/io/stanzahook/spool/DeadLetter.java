package io.stanzahook.spool;

/**
 * A record that failed, kept as a dead letter.
 *
 * @param position the position of the record in the spool; dead letters are sorted by it
 */
public record DeadLetter(long position, SpoolRecord record, Burial burial) {}
