package io.stanzahook.app.formats;

import io.stanzahook.xml.XmlChars;
import java.io.Writer;

/** Text up to a length; what is beyond it is dropped, and what XML forbids is replaced. */
final class BoundedText extends Writer {
  private final int most;
  private final StringBuilder text = new StringBuilder();
  private boolean full;

  BoundedText(int most) {
    this.most = most;
  }

  @Override
  public void write(char[] chars, int from, int length) {
    int room = most - text.length();
    full |= length > room;
    text.append(chars, from, Math.min(length, room));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /** Whether something was dropped. */
  boolean isFull() {
    return full;
  }

  /** Whether there is nothing to be seen yet. */
  boolean isBlank() {
    return text.chars().allMatch(Character::isWhitespace);
  }

  /** The text so far, fit for XML: a character that was cut in two is gone. */
  @Override
  public String toString() {
    int end = text.length();
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    if (XmlChars.firstForbidden(text) < 0) {
      return text.substring(0, end);
    }
    StringBuilder legal = new StringBuilder(end);
    text.substring(0, end)
        .codePoints()
        .forEach(c -> legal.appendCodePoint(XmlChars.isAllowed(c) ? c : XmlChars.REPLACEMENT));
    return legal.toString();
  }
}
