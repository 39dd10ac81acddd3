package io.stanzahook.app.config;

import java.util.Locale;

/** How sockets are driven. */
public enum Transport {
  /** The best that works here. */
  AUTO,
  IO_URING,
  EPOLL,
  NIO;

  /** As typed. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
