package io.stanzahook.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.stanzahook.stanza.Stanza;

/**
 * Writes the body of a request. The same stanza always gives the same bytes, so that a retry has
 * the same signature. Any thread may call it.
 */
@FunctionalInterface
public interface RequestWriter {
  /** Bytes in addition to the XML: names, braces, ids, and addresses that the XML does not have. */
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

  /** An upper bound of a stanza's bytes in a batch. Usually it has far fewer. */
  default int bound(Stanza stanza) {
    // The XML as text, its bodies once more, and each character escaped.
    return 4 * stanza.xml().length() + OVERHEAD;
  }
}
