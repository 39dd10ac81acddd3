package io.stanzahook.app.logging;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.Charset;

/** Lines as text, as a terminal can show them: see {@link Visible}. */
final class TextLogEncoder extends PatternLayoutEncoder {
  @Override
  public byte[] encode(ILoggingEvent event) {
    Charset charset = getCharset();
    return withoutControls(Visible.of(getLayout().doLayout(event)))
        .getBytes(charset == null ? Charset.defaultCharset() : charset);
  }

  /** Breaks and tabs are those of stack traces; messages have none any more. */
  private static String withoutControls(String line) {
    for (int i = 0; i < line.length(); i++) {
      if (isControl(line.charAt(i))) {
        StringBuilder out = new StringBuilder(line.length() + 16);
        line.chars()
            .forEach(c -> out.append(isControl((char) c) ? Visible.escape((char) c) : (char) c));
        return out.toString();
      }
    }
    return line;
  }

  private static boolean isControl(char c) {
    return (c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
  }
}
