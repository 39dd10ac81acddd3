package io.stanzahook.spool;

import io.stanzahook.delivery.KeptStanza;

/**
 * A record in the spool.
 *
 * @param position its place in the order of all records; greater than 0
 */
public record Spooled(long position, KeptStanza record) {}
