package io.stanzahook.app.logging;

/**
 * Text from outside, made fit for a line of the log: short, without control characters, and with
 * those that cannot be seen as {@link Visible} has them.
 */
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
    String shown = Visible.of(out.toString());
    return length < text.length() ? shown + "..." : shown;
  }
}
