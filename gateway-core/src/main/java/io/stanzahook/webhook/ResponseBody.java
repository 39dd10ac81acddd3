package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import java.util.Arrays;

/**
 * Collects a response's body while it arrives, or counts and drops it where nobody wants it, up to
 * a limit in either case. Confined to the connection's event loop.
 */
final class ResponseBody {
  private static final byte[] NOTHING = {};

  private final boolean wanted;
  private final int limit;
  private byte[] bytes = NOTHING;
  private int length;

  /**
   * Nothing yet.
   *
   * @param wanted whether to keep what comes
   * @param limit the most bytes taken
   */
  ResponseBody(boolean wanted, int limit) {
    this.wanted = wanted;
    this.limit = limit;
  }

  /**
   * Takes the next piece, which stays the caller's to release.
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
      throw new TooLarge(limit);
    }
    if (wanted) {
      if (length + more > bytes.length) {
        // Mostly the first piece is the whole: no room beyond it then.
        int doubled = (int) Math.min(limit, 2L * bytes.length);
        bytes = Arrays.copyOf(bytes, Math.max(length + more, doubled));
      }
      content.getBytes(content.readerIndex(), bytes, length, more);
    }
    length += more;
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

    TooLarge(int limit) {
      super("the response has more than " + limit + " bytes", null, false, false);
    }
  }
}
