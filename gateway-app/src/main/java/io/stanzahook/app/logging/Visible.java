package io.stanzahook.app.logging;

/**
 * Makes invisible characters visible: those that would change the order or the look of the text are
 * written as escapes. Otherwise a name with U+202E would reverse the rest of its line, and one with
 * U+200B would look like another name.
 */
public final class Visible {
  private static final int JOINER = 0x200D;

  /** Asks for an emoji's picture. */
  private static final int PICTURE = 0xFE0F;

  private Visible() {}

  /**
   * The text, with such characters as {@code \}{@code uXXXX}, which is what JSON has for them too:
   * inside of its strings they mean the same. Those of ASCII stay as they are, breaks of lines and
   * the colours of a terminal among them.
   */
  public static String of(String text) {
    int at = firstUnseen(text, 0);
    if (at < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    int from = 0;
    while (at >= 0) {
      out.append(text, from, at);
      int length = Character.charCount(text.codePointAt(at));
      for (int i = at; i < at + length; i++) {
        out.append(escape(text.charAt(i)));
      }
      from = at + length;
      at = firstUnseen(text, from);
    }
    return out.append(text, from, text.length()).toString();
  }

  /** How that character, or half of one, is written where it must not be seen. */
  static String escape(char c) {
    return "\\u%04X".formatted((int) c);
  }

  private static int firstUnseen(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x7F) {
        continue;
      }
      int point = text.codePointAt(i);
      if (isUnseen(point) && !(point == JOINER && followsPicture(text, i))) {
        return i;
      }
      i += Character.charCount(point) - 1;
    }
    return -1;
  }

  /** Whether a character is none to be seen; those of ASCII are not asked for. */
  static boolean isUnseen(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** One person's picture of several is made with joiners between. */
  private static boolean followsPicture(String text, int at) {
    if (at == 0) {
      return false;
    }
    int before = text.codePointBefore(at);
    int type = Character.getType(before);
    return before == PICTURE
        || type == Character.OTHER_SYMBOL
        || (type == Character.MODIFIER_SYMBOL && before > Character.MAX_VALUE);
  }
}
