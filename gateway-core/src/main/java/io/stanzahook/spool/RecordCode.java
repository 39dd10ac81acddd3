package io.stanzahook.spool;

import io.stanzahook.delivery.KeptStanza;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record as bytes: a checksum over its position and everything that follows, flags, the time of
 * arrival, the webhook-id, the language if there is one, and the stanza.
 */
final class RecordCode {
  private static final int CHECKSUM = Integer.BYTES;
  private static final int HEAD = CHECKSUM + Byte.BYTES + Long.BYTES + Short.BYTES;
  private static final int REDELIVERED = 1;
  private static final int LANGUAGE = 2;

  private RecordCode() {}

  static byte[] encode(long position, KeptStanza record) {
    byte[] id = record.webhookId().getBytes(StandardCharsets.UTF_8);
    byte[] lang = record.lang() == null ? null : record.lang().getBytes(StandardCharsets.UTF_8);
    int langLength = lang == null ? 0 : Short.BYTES + lang.length;
    byte[] bytes = new byte[HEAD + id.length + langLength + record.stanza().length];
    int flags = (record.redelivered() ? REDELIVERED : 0) | (lang == null ? 0 : LANGUAGE);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).putInt(0).put((byte) flags);
    text(buffer.putLong(record.receivedAt()), id);
    if (lang != null) {
      text(buffer, lang);
    }
    buffer.put(record.stanza()).putInt(0, checksum(position, bytes));
    return bytes;
  }

  /** The record, or null if its bytes are not those that were written. */
  static @Nullable KeptStanza decode(long position, byte @Nullable [] bytes) {
    if (bytes == null || bytes.length < HEAD) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (buffer.getInt() != checksum(position, bytes)) {
      return null;
    }
    int flags = buffer.get();
    long receivedAt = buffer.getLong();
    String id = text(buffer);
    String lang = (flags & LANGUAGE) == 0 ? null : text(buffer);
    byte[] stanza = new byte[buffer.remaining()];
    buffer.get(stanza);
    return new KeptStanza(id, receivedAt, lang, stanza, (flags & REDELIVERED) != 0);
  }

  private static void text(ByteBuffer buffer, byte[] text) {
    buffer.putShort((short) text.length).put(text);
  }

  private static String text(ByteBuffer buffer) {
    byte[] text = new byte[buffer.getShort()];
    buffer.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static int checksum(long position, byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, position));
    checksum.update(bytes, CHECKSUM, bytes.length - CHECKSUM);
    return (int) checksum.getValue();
  }
}
