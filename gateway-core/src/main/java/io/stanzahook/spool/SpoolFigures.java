package io.stanzahook.spool;

/**
 * How a spool stands; may be a moment old.
 *
 * @param depth records on disk that are not settled
 * @param oldestReceivedAt when the first of them came in, in milliseconds since 1970; 0 where there
 *     are none
 * @param bytes what the spool's files take, dead letters included
 * @param deadLetters how many there are
 * @param full the spool's limit of bytes is reached
 */
public record SpoolFigures(
    long depth, long oldestReceivedAt, long bytes, long deadLetters, boolean full) {}
