package io.stanzahook.app.console;

import org.jspecify.annotations.Nullable;

/**
 * A webhook call as it went over the wire.
 *
 * @param attempt 1 for the first
 * @param response null where none came, or none yet
 * @param problem why none came; empty where one did, or may still
 */
public record SeenExchange(
    int attempt, SeenMessage request, @Nullable SeenMessage response, String problem) {}
