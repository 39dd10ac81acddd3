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
  /** Beyond the stanza's XML: names, braces, addresses that the XML does not have, and ids. */
  int OVERHEAD = 1_024;

  /** The request body, which the caller releases. */
  ByteBuf write(Stanza stanza, ByteBufAllocator allocator);

  /**
   * The body for several stanzas: an array of the objects that each would be alone, with {@code
   * webhook_id} and {@code attempt}. The caller releases it.
   *
   * @throws UnsupportedOperationException if the format has no batches
   */
  default ByteBuf write(Batch batch, ByteBufAllocator allocator) {
    throw new UnsupportedOperationException("the format has no batches");
  }

  /** Bytes that a stanza has in a batch at most; mostly it has far fewer. */
  default int bound(Stanza stanza) {
    // The XML once more as text, its bodies too, and each character escaped.
    return 4 * stanza.xml().length() + OVERHEAD;
  }
}
