package io.stanzahook.app.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.nio.charset.Charset;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Lines as text, as a terminal can show them: see {@link Visible}. Logback's own layout compiles a
 * pattern, and loads a hundred classes for that at each start.
 */
final class TextLogEncoder extends LineEncoder {
  /** As wide as the longest level. */
  private static final int LEVEL_WIDTH = 5;

  private final DateTimeFormatter time =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT)
          .withZone(ZoneId.systemDefault());
  private final Charset charset = Charset.defaultCharset();

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(200);
    time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level).append(" ".repeat(Math.max(0, LEVEL_WIDTH - level.length())));
    String logger = event.getLoggerName();
    line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(" - ");
    appendOnOneLine(String.valueOf(event.getFormattedMessage()), line);
    line.append('\n');
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.append(ThrowableProxyUtil.asString(thrown));
    }
    return withoutControls(Visible.of(line.toString())).getBytes(charset);
  }

  /** Line breaks would let whoever makes us log something forge a line. */
  private static void appendOnOneLine(String message, StringBuilder line) {
    boolean inBreak = false;
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      boolean isBreak = c == '\r' || c == '\n';
      if (!isBreak) {
        line.append(c);
      } else if (!inBreak) {
        line.append(" | ");
      }
      inBreak = isBreak;
    }
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
