package io.stanzahook.cluster;

/**
 * How this process stands in the cluster.
 *
 * @param lag messages of the partitions that it owns which are not finished
 * @param partitions of messages that it owns
 * @param slotsOwned slots of streams that it owns
 * @param slotsUnowned slots that no edge owns, as this process saw last
 * @param late messages that it appended while it was perhaps not the stream's owner any more
 * @param connected whether the brokers confirmed lately that it is a member
 */
public record ClusterFigures(
    long lag, int partitions, int slotsOwned, int slotsUnowned, long late, boolean connected) {}
