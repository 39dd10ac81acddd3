package io.stanzahook.wire;

/**
 * Checks for strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF, and
 * not the two noncharacters that XML forbids. It continues where the previous bytes ended.
 */
final class Utf8Check {
  private static final String INVALID = "invalid UTF-8";

  private int missing;
  private int low;
  private int high;
  private int codePoint;

  /** Whether a character has begun whose bytes are not all here. */
  boolean pending() {
    return missing > 0;
  }

  /**
   * Checks the character that begins at that index, as far as its bytes are here.
   *
   * @return the index after the last byte taken
   */
  int check(byte[] data, int index, int end) throws StreamViolation {
    begin(data[index] & 0xFF);
    return resume(data, index + 1, end);
  }

  /** Goes on with a character that has begun. */
  int resume(byte[] data, int index, int end) throws StreamViolation {
    int i = index;
    while (missing > 0 && i < end) {
      int b = data[i++] & 0xFF;
      if (b < low || b > high) {
        throw new StreamViolation(StreamCondition.NOT_WELL_FORMED, INVALID);
      }
      codePoint = (codePoint << 6) | (b & 0x3F);
      low = 0x80;
      high = 0xBF;
      missing--;
    }
    if (missing == 0 && (codePoint == 0xFFFE || codePoint == 0xFFFF)) {
      throw new StreamViolation(
          StreamCondition.NOT_WELL_FORMED, "a character that XML forbids (U+FFFE or U+FFFF)");
    }
    return i;
  }

  private void begin(int lead) throws StreamViolation {
    low = 0x80;
    high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      missing = 1;
      codePoint = lead & 0x1F;
    } else if ((lead & 0xF0) == 0xE0) {
      missing = 2;
      codePoint = lead & 0x0F;
      if (lead == 0xE0) {
        low = 0xA0;
      } else if (lead == 0xED) {
        high = 0x9F;
      }
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      missing = 3;
      codePoint = lead & 0x07;
      if (lead == 0xF0) {
        low = 0x90;
      } else if (lead == 0xF4) {
        high = 0x8F;
      }
    } else {
      throw new StreamViolation(StreamCondition.NOT_WELL_FORMED, INVALID);
    }
  }
}
