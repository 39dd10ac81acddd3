package io.stanzahook.app.logging;

import ch.qos.logback.classic.Level;

/** Which lines the log has: those of a level, and of those above it. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  Level level() {
    return Level.toLevel(name());
  }
}
