package io.stanzahook.app.console;

import org.jspecify.annotations.Nullable;

/**
 * A webhook call as HTTP messages.
 *
 * @param attempt 1 for the first
 * @param response null if none came, or not yet
 * @param problem why none came; empty if one came or may still come
 */
public record SeenExchange(
    int attempt, SeenMessage request, @Nullable SeenMessage response, String problem) {}
