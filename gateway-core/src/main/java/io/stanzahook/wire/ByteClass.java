package io.stanzahook.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What a byte means to the framer in each place, as one lookup in a table; in text and values,
 * where most bytes are plain, for eight of them at once.
 */
final class ByteClass {
  /** Bytes that are looked at at once. */
  private static final int GROUP = Long.BYTES;

  /** The first byte is the lowest. */
  private static final VarHandle GROUPS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private static final int NOT_IN_TEXT = 1;
  private static final int NOT_IN_VALUE = 2;
  private static final int NOT_IN_TAG = 4;

  /** A control character, or part of a character of several bytes. */
  private static final int NOWHERE = 8 | NOT_IN_TEXT | NOT_IN_VALUE | NOT_IN_TAG;

  private static final byte[] CLASSES = classes();

  private ByteClass() {}

  private static byte[] classes() {
    byte[] classes = new byte[256];
    Arrays.fill(classes, 0x80, 0x100, (byte) NOWHERE);
    Arrays.fill(classes, 0, 0x20, (byte) NOWHERE);
    classes['\t'] = 0;
    classes['\n'] = 0;
    classes['\r'] = 0;
    classes['<'] = NOT_IN_TEXT | NOT_IN_VALUE | NOT_IN_TAG;
    classes['&'] = NOT_IN_TEXT | NOT_IN_VALUE | NOT_IN_TAG;
    classes['>'] = NOT_IN_TEXT | NOT_IN_TAG;
    classes['\''] = NOT_IN_VALUE | NOT_IN_TAG;
    classes['"'] = NOT_IN_VALUE | NOT_IN_TAG;
    classes['/'] = NOT_IN_TAG;
    classes['='] = NOT_IN_TAG;
    return classes;
  }

  /**
   * Passes over plain text.
   *
   * @return the index of the first byte that may not be plain, or that is one of the last few
   */
  static int passText(byte[] data, int index, int end) {
    int i = index;
    while (end - i >= GROUP) {
      long group = (long) GROUPS.get(data, i);
      // Of these, < and > differ in the bit of value two alone.
      long found = nowhere(group) | zeros((group | (2 * ONES)) ^ ('>' * ONES)) | equal(group, '&');
      if (found != 0) {
        return i + firstOf(found);
      }
      i += GROUP;
    }
    return i;
  }

  /** Likewise, in an attribute's value. */
  static int passValue(byte[] data, int index, int end) {
    int i = index;
    while (end - i >= GROUP) {
      long group = (long) GROUPS.get(data, i);
      // Of these, & and ' differ in the lowest bit alone.
      long found =
          nowhere(group)
              | zeros((group | ONES) ^ ('\'' * ONES))
              | equal(group, '"')
              | equal(group, '<');
      if (found != 0) {
        return i + firstOf(found);
      }
      i += GROUP;
    }
    return i;
  }

  /** Marks the high bit of bytes below space or above ASCII, white space too. */
  private static long nowhere(long group) {
    return (((group - (' ' * ONES)) & ~group) | group) & HIGHS;
  }

  private static long equal(long group, char c) {
    return zeros(group ^ (c * ONES));
  }

  /**
   * Marks the high bit of bytes that are zero. The lowest mark is right; what a borrow marks stands
   * above it.
   */
  private static long zeros(long group) {
    return (group - ONES) & ~group & HIGHS;
  }

  private static int firstOf(long marks) {
    return Long.numberOfTrailingZeros(marks) >>> 3;
  }

  static boolean isPlainText(byte b) {
    return (CLASSES[b & 0xFF] & NOT_IN_TEXT) == 0;
  }

  static boolean isPlainValue(byte b) {
    return (CLASSES[b & 0xFF] & NOT_IN_VALUE) == 0;
  }

  static boolean isPlainTag(byte b) {
    return (CLASSES[b & 0xFF] & NOT_IN_TAG) == 0;
  }

  /** Whether it is a control character or part of a character of several bytes. */
  static boolean isForbidden(byte b) {
    return CLASSES[b & 0xFF] == NOWHERE;
  }

  static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** Whether a tag may follow; the decoder judges the name itself. */
  static boolean mayBeginName(byte b) {
    return b < 0 || Character.isLetter(b) || b == '_' || b == ':';
  }
}
