package io.stanzahook.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record as bytes: a checksum over its position and all that follows, flags, when it came in, the
 * webhook-id, the stanza.
 */
final class RecordCode {
  private static final int CHECKSUM = Integer.BYTES;
  private static final int HEAD = CHECKSUM + Byte.BYTES + Long.BYTES + Short.BYTES;
  private static final int REDELIVERED = 1;

  private RecordCode() {}

  static byte[] encode(long position, SpoolRecord record) {
    byte[] id = record.webhookId().getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[HEAD + id.length + record.stanza().length];
    ByteBuffer.wrap(bytes)
        .putInt(0)
        .put((byte) (record.redelivered() ? REDELIVERED : 0))
        .putLong(record.receivedAt())
        .putShort((short) id.length)
        .put(id)
        .put(record.stanza())
        .putInt(0, checksum(position, bytes));
    return bytes;
  }

  /** The record, or null where its bytes are not those that were written. */
  static @Nullable SpoolRecord decode(long position, byte @Nullable [] bytes) {
    if (bytes == null || bytes.length < HEAD) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (buffer.getInt() != checksum(position, bytes)) {
      return null;
    }
    boolean redelivered = (buffer.get() & REDELIVERED) != 0;
    long receivedAt = buffer.getLong();
    byte[] id = new byte[buffer.getShort()];
    buffer.get(id);
    byte[] stanza = new byte[buffer.remaining()];
    buffer.get(stanza);
    return new SpoolRecord(new String(id, StandardCharsets.UTF_8), receivedAt, stanza, redelivered);
  }

  private static int checksum(long position, byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, position));
    checksum.update(bytes, CHECKSUM, bytes.length - CHECKSUM);
    return (int) checksum.getValue();
  }
}
