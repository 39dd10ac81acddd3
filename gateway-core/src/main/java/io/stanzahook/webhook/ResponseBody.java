package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects the body of a response, or its beginning, or only counts its bytes, up to a limit.
 * Confined to the connection's event loop.
 */
final class ResponseBody {
  /** The beginning of a response that is quoted to the operator, in bytes. */
  static final int BEGINNING = 1024;

  private static final byte[] NOTHING = {};

  private final int most;
  private final int limit;
  private byte[] bytes = NOTHING;
  private int length;

  /**
   * Nothing yet.
   *
   * @param most how many bytes to keep
   * @param limit the most bytes taken
   */
  ResponseBody(int most, int limit) {
    this.most = most;
    this.limit = limit;
  }

  /**
   * Takes the next piece. The caller releases it.
   *
   * @throws TooLarge if there are more bytes than allowed
   */
  void add(Object piece) {
    ByteBuf content =
        piece instanceof ByteBufHolder holder
            ? holder.content()
            : piece instanceof ByteBuf buffer ? buffer : null;
    int more = content == null ? 0 : content.readableBytes();
    if (content == null || more == 0) {
      return;
    }
    if (more > limit - length) {
      keep(content, Math.min(more, most - length));
      length += more;
      throw new TooLarge(limit, beginning());
    }
    keep(content, Math.min(more, most - length));
    length += more;
  }

  private void keep(ByteBuf content, int count) {
    if (count <= 0) {
      return;
    }
    if (length + count > bytes.length) {
      // The first piece usually is the whole body, so it gets no more room than it needs.
      int doubled = (int) Math.min(most, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, Math.max(length + count, doubled));
    }
    content.getBytes(content.readerIndex(), bytes, length, count);
  }

  /** The beginning of what was kept, as text. Bytes that are not UTF-8 are replaced. */
  String beginning() {
    int end = Math.min(Math.min(length, most), BEGINNING);
    if (end < length) {
      end = beforeCharacterAt(end);
    }
    return end == 0 ? "" : new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /** The end without the last character, of which only a part may be there. */
  private int beforeCharacterAt(int end) {
    int before = end;
    while (before > 0 && (bytes[before - 1] & 0xC0) == 0x80) {
      before--;
    }
    return before > 0 && (bytes[before - 1] & 0xC0) == 0xC0 ? before - 1 : before;
  }

  /** All that was kept, as text. Bytes that are not UTF-8 are replaced. */
  String text() {
    return new String(bytes, 0, Math.min(length, most), StandardCharsets.UTF_8);
  }

  /** The bytes, of which {@link #length} count. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** The body has more bytes than allowed. */
  static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String beginning;

    TooLarge(int limit, String beginning) {
      super("the response has more than " + limit + " bytes", null, false, false);
      this.beginning = beginning;
    }

    /** The beginning of what was kept of it. */
    String beginning() {
      return beginning;
    }
  }
}
