package io.stanzahook.app.console;

/**
 * A webhook call that ended.
 *
 * @param number 1 for the first
 * @param outcome {@code ok}, or a failure's label
 * @param status the HTTP status, or 0 if no response came
 * @param nanos how long it took
 * @param detail what went wrong, in one line; empty if nothing did
 * @param endedAt when it ended, in milliseconds since 1970
 */
public record SeenAttempt(
    int number, String outcome, int status, long nanos, String detail, long endedAt) {}
