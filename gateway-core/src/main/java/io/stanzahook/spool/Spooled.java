package io.stanzahook.spool;

/**
 * A record in the spool.
 *
 * @param position its place in the order of all records; greater than 0
 */
public record Spooled(long position, SpoolRecord record) {}
