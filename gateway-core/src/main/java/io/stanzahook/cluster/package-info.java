/**
 * What lets several machines serve one component: messages and replies in the topics of a Kafka
 * cluster. {@link io.stanzahook.cluster.ClusterNode} is this process's part of it: it appends, it
 * takes messages from the partitions that it owns, and it holds the slots of streams that it owns.
 * Kafka elects, replicates and fences; nothing here does. {@link
 * io.stanzahook.cluster.ClusterJournal} is the journal of deliveries that stands on this log; the
 * rest knows the bytes of stanzas, and neither streams nor webhooks.
 *
 * <p>Threading: one thread appends, one takes messages, one takes replies, and one reads dead
 * letters. Nothing blocks its caller but opening and closing. Listeners are called on these
 * threads, which must not be held up.
 *
 * <p>API: {@code ClusterNode}, {@code ClusterSettings} and what they refer to. The rest may change.
 */
@NullMarked
package io.stanzahook.cluster;

import org.jspecify.annotations.NullMarked;
