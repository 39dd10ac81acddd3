package io.stanzahook.spool;

/**
 * A record that was given up.
 *
 * @param position the record's place in the spool, by which dead letters are sorted
 */
public record DeadLetter(long position, SpoolRecord record, Burial burial) {}
