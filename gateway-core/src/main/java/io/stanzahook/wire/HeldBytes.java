package io.stanzahook.wire;

import java.util.Arrays;

/** The part of an element that earlier reads brought; grows as needed, up to the stanza limit. */
final class HeldBytes {
  private static final int INITIAL = 4096;

  /** A larger array is released when its element is done. */
  private static final int KEPT = 64 * 1024;

  private byte[] bytes = new byte[INITIAL];
  private int length;

  void append(byte[] data, int from, int to) {
    int needed = length + (to - from);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
    System.arraycopy(data, from, bytes, length, to - from);
    length = needed;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** What it takes of memory, the unused part included. */
  int capacity() {
    return bytes.length;
  }

  void clear() {
    length = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[INITIAL];
    }
  }
}
