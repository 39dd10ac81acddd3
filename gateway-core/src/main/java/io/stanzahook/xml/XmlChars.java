package io.stanzahook.xml;

/** The characters of XML 1.0 (production 2, {@code Char}). */
public final class XmlChars {
  private XmlChars() {}

  /** What a forbidden character is replaced by on output: U+FFFD. */
  public static final char REPLACEMENT = '\uFFFD';

  /** Whether XML 1.0 admits that code point; lone surrogates are not admitted. */
  public static boolean isAllowed(int codePoint) {
    if (codePoint < 0x20) {
      return codePoint == '\t' || codePoint == '\n' || codePoint == '\r';
    }
    return codePoint <= 0xD7FF
        || (codePoint >= 0xE000 && codePoint <= 0xFFFD)
        || (codePoint >= 0x10000 && codePoint <= 0x10FFFF);
  }

  /** The index of the first character that XML forbids, or -1. */
  public static int firstForbidden(CharSequence text) {
    for (int i = 0; i < text.length(); ) {
      int codePoint = Character.codePointAt(text, i);
      if (!isAllowed(codePoint)) {
        return i;
      }
      i += Character.charCount(codePoint);
    }
    return -1;
  }
}
