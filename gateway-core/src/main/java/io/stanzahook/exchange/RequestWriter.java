package io.stanzahook.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.stanzahook.stanza.Stanza;

/**
 * Writes a request's body. The same stanza always gives the same bytes, so that a retry can be
 * signed and compared. Any thread may call it.
 */
@FunctionalInterface
public interface RequestWriter {
  /** The request body, which the caller releases. */
  ByteBuf write(Stanza stanza, ByteBufAllocator allocator);
}
