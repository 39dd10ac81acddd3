package io.stanzahook.cluster;

/**
 * A message that was taken from the log.
 *
 * @param ownership of its partition, when it was taken
 * @param conversation what it is kept in order with
 */
public record Taken(
    Ownership ownership, long offset, String conversation, ClusterMessage message) {}
