package io.stanzahook.app.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/** Sets up the log. An operator's own Logback file takes precedence: {@value #OWN_FILE}. */
public final class Logging {
  /** The system property that names an operator's own Logback configuration. */
  static final String OWN_FILE = "logback.configurationFile";

  /** The maximum number of waiting lines. Beyond it, the newest are lost, and no thread waits. */
  static final int MAX_WAITING_LINES = 8192;

  /** How long the end of the program waits for lines to be written, in milliseconds. */
  private static final int FLUSH_MILLIS = 1000;

  private Logging() {}

  /** Logs in that format from now on. */
  public static void start(LogFormat format) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && System.getProperty(OWN_FILE) == null) {
      configure(context, format);
    }
  }

  /** Logs lines of these levels, and of the levels above them, from now on. */
  public static void setLevels(LogLevels levels) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && System.getProperty(OWN_FILE) == null) {
      setLevels(context, levels);
    }
  }

  private static void setLevels(LoggerContext context, LogLevels levels) {
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    context.getLoggerList().stream().filter(each -> each != root).forEach(e -> e.setLevel(null));
    root.setLevel(levels.usual().level());
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger("reactor.netty").setLevel(Level.WARN);
    // What matters of it is said by the cluster's own logger.
    context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
    context.getLogger("org.apache.kafka.clients.admin").setLevel(Level.OFF);
    context.getLogger("org.apache.kafka.clients.consumer").setLevel(Level.OFF);
    // Warns of each call that fails, with a stack trace: what failed is logged by DeliveryLog.
    context.getLogger("reactor.netty.http.client").setLevel(Level.ERROR);
    // Warns of each request that is not HTTP: whoever reaches the port could fill the log.
    context.getLogger("reactor.netty.http.server").setLevel(Level.ERROR);
    levels.own().forEach((name, level) -> context.getLogger(name).setLevel(level.level()));
  }

  /** Writes what waits to be written, and ends the log: for the end of the program. */
  public static void stop() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }

  static void configure(LoggerContext context, LogFormat format) {
    configure(context, format, Journal.readsStderr(System.getenv()));
  }

  /**
   * Configures the log anew.
   *
   * @param toJournal whether systemd's journal reads it, which understands priorities
   */
  static void configure(LoggerContext context, LogFormat format, boolean toJournal) {
    context.reset();
    // Logback stops only what was started: without this, stop() would not wait for the queue.
    context.start();
    Encoder<ILoggingEvent> lines =
        format == LogFormat.JSON ? new JsonLogEncoder() : new TextLogEncoder();
    Encoder<ILoggingEvent> encoder = toJournal ? new JournalEncoder(lines) : lines;
    encoder.setContext(context);
    encoder.start();

    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName("stderr");
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();

    AsyncAppender queue = new AsyncAppender();
    queue.setContext(context);
    queue.setName("queue");
    queue.setQueueSize(MAX_WAITING_LINES);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(console);
    queue.start();

    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(queue);
    setLevels(context, LogLevels.USUAL);
  }
}
