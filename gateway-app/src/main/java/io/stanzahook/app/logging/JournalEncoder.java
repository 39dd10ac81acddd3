package io.stanzahook.app.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the priority in front of each line, as systemd's journal reads it (sd-daemon(3)): {@code
 * <4>}. The journal removes it, and {@code journalctl -p warning} finds the line.
 */
final class JournalEncoder extends LineEncoder {
  private final Encoder<ILoggingEvent> lines;

  JournalEncoder(Encoder<ILoggingEvent> lines) {
    this.lines = lines;
  }

  @Override
  public void start() {
    lines.setContext(getContext());
    lines.start();
    super.start();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    byte[] written = lines.encode(event);
    byte[] priority = priority(event.getLevel()).getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream out = new ByteArrayOutputStream(written.length + priority.length);
    boolean begins = true;
    for (byte each : written) {
      if (begins) {
        out.writeBytes(priority);
      }
      out.write(each);
      begins = each == '\n';
    }
    return out.toByteArray();
  }

  private static String priority(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> "<3>";
      case Level.WARN_INT -> "<4>";
      case Level.INFO_INT -> "<6>";
      default -> "<7>";
    };
  }
}
