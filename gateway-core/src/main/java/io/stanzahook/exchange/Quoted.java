package io.stanzahook.exchange;

/** Makes values from outside fit for one line of a log. */
public final class Quoted {
  /** Longer values are cut. This is enough to recognise them. */
  private static final int MAX_LENGTH = 100;

  private Quoted() {}

  public static String of(String value) {
    int length = Math.min(value.length(), MAX_LENGTH);
    StringBuilder out = new StringBuilder(length + 3);
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      out.append(
          Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029'
              ? '?'
              : c);
    }
    return length < value.length() ? out.append("...").toString() : out.toString();
  }
}
