package io.stanzahook.xml;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Markup in bytes of UTF-8, in one array that is used again and again. {@link XmlWriter} fills it.
 *
 * <p>Not thread-safe.
 */
public final class XmlBytes implements XmlWriter.Output {
  /** An array with more bytes than this is not kept for what comes next. */
  private static final int MAX_KEPT = 64 * 1024;

  private static final int INITIAL = 1024;

  /** Bytes of one UTF-16 code unit, at most; a pair of surrogates has four. */
  private static final int MAX_OF_UNIT = 3;

  /** ASCII characters that are written as they are, in text and in values of attributes. */
  private static final boolean[] IS_PLAIN = plain();

  private byte[] bytes = new byte[INITIAL];
  private int length;

  private static boolean[] plain() {
    boolean[] plain = new boolean[0x80];
    for (char c = 0x20; c < plain.length; c++) {
      plain[c] = XmlWriter.replacement(c, true) == null;
    }
    return plain;
  }

  /** The array, of which the first {@link #length} bytes count until the next call. */
  public byte[] array() {
    return bytes;
  }

  /** Bytes written so far. */
  public int length() {
    return length;
  }

  /** Forgets what was written. */
  public void clear() {
    length = 0;
    if (bytes.length > MAX_KEPT) {
      bytes = new byte[INITIAL];
    }
  }

  @Override
  public XmlBytes plain(String text) {
    int count = text.length();
    reserve(count);
    byte[] out = bytes;
    int at = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        length = at;
        return add(text.substring(i));
      }
      out[at++] = (byte) c;
    }
    length = at;
    return this;
  }

  @Override
  public XmlBytes escaped(String text, boolean attribute) {
    int count = text.length();
    reserve(count);
    byte[] out = bytes;
    int at = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || !IS_PLAIN[c]) {
        length = at;
        return slowly(text, i, attribute);
      }
      out[at++] = (byte) c;
    }
    length = at;
    return this;
  }

  /** The rest of a text in which not every character is a plain byte. */
  private XmlBytes slowly(String text, int from, boolean attribute) {
    int count = text.length();
    reserve(MAX_OF_UNIT * (count - from));
    for (int i = from; i < count; i++) {
      char c = text.charAt(i);
      if (c < 0x80 && IS_PLAIN[c]) {
        bytes[length++] = (byte) c;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < count
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        codePoint(Character.toCodePoint(c, text.charAt(++i)));
      } else {
        String instead = XmlWriter.replacement(c, attribute);
        if (instead == null) {
          unit(c);
        } else {
          // Up to six bytes for one unit: room for the rest anew.
          add(instead);
          reserve(MAX_OF_UNIT * (count - i));
        }
      }
    }
    return this;
  }

  private void unit(char c) {
    if (c < 0x80) {
      bytes[length++] = (byte) c;
    } else if (c < 0x800) {
      bytes[length++] = (byte) (0xC0 | (c >> 6));
      bytes[length++] = (byte) (0x80 | (c & 0x3F));
    } else {
      bytes[length++] = (byte) (0xE0 | (c >> 12));
      bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
      bytes[length++] = (byte) (0x80 | (c & 0x3F));
    }
  }

  private void codePoint(int c) {
    bytes[length++] = (byte) (0xF0 | (c >> 18));
    bytes[length++] = (byte) (0x80 | ((c >> 12) & 0x3F));
    bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
    bytes[length++] = (byte) (0x80 | (c & 0x3F));
  }

  private XmlBytes add(String text) {
    byte[] added = text.getBytes(StandardCharsets.UTF_8);
    reserve(added.length);
    System.arraycopy(added, 0, bytes, length, added.length);
    length += added.length;
    return this;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  /** What was written, for a person. */
  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
