package io.stanzahook.wire;

import java.util.Arrays;

/** What a byte means to the framer in each place, as one lookup in a table. */
final class ByteClass {
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
