package io.stanzahook.app.logging;

/** Text from outside, made fit for a line of the log: short, and without control characters. */
public final class Shown {
  /** Longer text is cut: enough to recognise it. */
  static final int MAX_LENGTH = 100;

  private Shown() {}

  /** The text, cut where it is long, with a question mark for each character that is unfit. */
  public static String of(String text) {
    int length = Math.min(text.length(), MAX_LENGTH);
    StringBuilder out = new StringBuilder(length + 3);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean breaks = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      out.append(breaks || Character.isSurrogate(c) ? '?' : c);
    }
    return length < text.length() ? out.append("...").toString() : out.toString();
  }
}
