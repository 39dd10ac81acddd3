package io.stanzahook.delivery;

/**
 * How much a journal keeps on disk; the figures may be a moment old.
 *
 * @param depth records on disk that are not settled
 * @param oldestReceivedAt when the oldest of them came in, in milliseconds since 1970; 0 if there
 *     are none
 * @param bytes the size of records and dead letters on disk, without free space in the same files
 *     and without the log, whose size is limited
 * @param deadLetters how many there are
 * @param limit the maximum size in bytes
 * @param full whether the limit is reached
 */
public record JournalFigures(
    long depth, long oldestReceivedAt, long bytes, long deadLetters, long limit, boolean full) {}
