package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** The lines that a logger is given, also across the program's own set-up of the log. */
final class LogLines extends AppenderBase<ILoggingEvent>
    implements LoggerContextListener, AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> coming = new LinkedTransferQueue<>();
  private final Logger logger;

  LogLines(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
    start();
    logger.addAppender(this);
    logger.getLoggerContext().addListener(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String line = event.getLevel() + " " + event.getFormattedMessage();
    lines.add(line);
    coming.add(line);
  }

  /** As {@code LEVEL message}. */
  List<String> all() {
    return lines;
  }

  /** Waits for the next such one, after those that were waited for before. */
  void await(String line) throws InterruptedException {
    String next;
    do {
      next = coming.poll(120, TimeUnit.SECONDS);
      assertThat(next).as("'%s' after %s", line, lines).isNotNull();
    } while (!line.equals(next));
  }

  @Override
  public boolean isResetResistant() {
    return true;
  }

  @Override
  public void onReset(LoggerContext context) {
    start();
    logger.addAppender(this);
  }

  @Override
  public void onStart(LoggerContext context) {}

  @Override
  public void onStop(LoggerContext context) {}

  @Override
  public void onLevelChange(Logger changed, Level level) {}

  @Override
  public void close() {
    logger.getLoggerContext().removeListener(this);
    logger.detachAppender(this);
  }
}
