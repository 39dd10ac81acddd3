package io.stanzahook.app.console;

/**
 * A batch that a delivery was called in.
 *
 * @param id its {@code webhook-id}
 * @param size how many stanzas it has
 * @param place of the delivery in it, from 0
 * @param attempt of the batch, 1 for the first
 * @param ownAttempt of the delivery
 */
public record SeenBatch(String id, int size, int place, int attempt, int ownAttempt) {}
