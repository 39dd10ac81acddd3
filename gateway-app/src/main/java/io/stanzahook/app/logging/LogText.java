package io.stanzahook.app.logging;

/**
 * Makes foreign text fit for a log line: short, without control characters, and with invisible
 * characters as in {@link Visible}.
 */
public final class LogText {
  /** Longer text is cut: enough to recognise it. */
  static final int MAX_LENGTH = 100;

  private LogText() {}

  /** The text, shortened if it is long, with a question mark for each unsuitable character. */
  public static String of(String text) {
    int length = Math.min(text.length(), MAX_LENGTH);
    StringBuilder out = new StringBuilder(length + 3);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean breaks = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      out.append(breaks || Character.isSurrogate(c) ? '?' : c);
    }
    String shown = Visible.of(out.toString());
    return length < text.length() ? shown + "..." : shown;
  }
}
