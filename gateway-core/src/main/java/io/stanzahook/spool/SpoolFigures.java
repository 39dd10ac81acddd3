package io.stanzahook.spool;

/**
 * How a spool stands; may be a moment old.
 *
 * @param depth records on disk that are not settled
 * @param oldestReceivedAt when the first of them came in, in milliseconds since 1970; 0 where there
 *     are none
 * @param bytes what records and dead letters take on disk; without what is free for the next ones
 *     in the same files, and without a log of bounded size
 * @param deadLetters how many there are
 * @param limit the most bytes that it may take
 * @param full the spool's limit of bytes is reached
 */
public record SpoolFigures(
    long depth, long oldestReceivedAt, long bytes, long deadLetters, long limit, boolean full) {}
