package io.stanzahook.cluster;

import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.RoomPlace;
import org.jspecify.annotations.Nullable;

/**
 * A message in the log.
 *
 * @param domain the component's
 * @param late it was taken in while this was perhaps not the stream's owner any more: it may stand
 *     behind younger ones
 * @param place where it was said, if that was a chat room
 */
public record ClusterMessage(
    String domain, KeptStanza record, boolean late, @Nullable RoomPlace place) {}
