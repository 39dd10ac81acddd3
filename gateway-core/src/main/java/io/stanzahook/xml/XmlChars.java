package io.stanzahook.xml;

import org.jspecify.annotations.Nullable;

/** The characters of XML 1.0 (production 2, {@code Char}) and of its names. */
public final class XmlChars {
  private XmlChars() {}

  /** Replaces forbidden characters on output: U+FFFD. */
  public static final char REPLACEMENT = '\uFFFD';

  /** Whether XML 1.0 allows the code point. Lone surrogates are not allowed. */
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

  /**
   * A namespace name as the parser found it in a declaration, with white space normalised as in any
   * attribute (XML 1.0, 3.3.3), because Aalto 1.4.0 does not do it there; the empty string for
   * null. A reference cannot be distinguished from a plain line end, and becomes a space too.
   */
  public static String namespaceName(@Nullable String declared) {
    if (declared == null) {
      return "";
    }
    for (int i = 0; i < declared.length(); i++) {
      if (declared.charAt(i) < ' ') {
        return declared.replace('\n', ' ').replace('\t', ' ').replace('\r', ' ');
      }
    }
    return declared;
  }

  /**
   * Whether the text is a name without a colon (Namespaces in XML 1.0, {@code NCName}), by the
   * tables of the first four editions of XML 1.0. The fifth allows more, but Expat, the parser of
   * many servers, does not.
   */
  public static boolean isNcName(String text) {
    if (text.isEmpty() || !isNameStart(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < text.length(); i++) {
      if (!isNamePart(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (c > 0x7F && com.fasterxml.aalto.util.XmlChars.is10NameStartChar(c));
  }

  private static boolean isNamePart(char c) {
    return (c > 0x7F && com.fasterxml.aalto.util.XmlChars.is10NameChar(c))
        || isNameStart(c)
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.';
  }
}
