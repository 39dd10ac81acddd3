package io.stanzahook.stream;

import io.netty.buffer.ByteBuf;

/**
 * How many bytes a server may still wait for before it parses what was written. libexpat (2.6.0,
 * and older ones with its security fixes) does not look at a tag that was cut by a read again
 * before twice as many bytes have come as there were at its last look; so a tag of n bytes wants at
 * most n - 1 more behind it.
 *
 * <p>Not thread-safe.
 */
final class TagRest {
  /** No more white space than this is written, whatever a tag's length. */
  static final int MAX_SPACES = 256 * 1024;

  private static final byte OPEN = '<';
  private static final byte CLOSE = '>';

  private int due;

  /**
   * Takes note of whole stanzas, without taking them. A raw {@code >} is in no attribute that we
   * write.
   */
  void wrote(ByteBuf stanzas) {
    int end = stanzas.writerIndex();
    int at = stanzas.readerIndex();
    while (at < end) {
      int open = stanzas.indexOf(at, end, OPEN);
      int close = open < 0 ? -1 : stanzas.indexOf(open, end, CLOSE);
      if (close < 0) {
        passed(end - at);
        return;
      }
      passed(close + 1 - at);
      due = Math.max(due, close - open);
      at = close + 1;
    }
  }

  private void passed(int bytes) {
    due = Math.max(0, due - bytes);
  }

  /** How many spaces to write now; none are due after that. */
  int spacesDue() {
    int spaces = Math.min(due, MAX_SPACES);
    due = 0;
    return spaces;
  }
}
