package io.stanzahook.app.config;

/** How sockets are driven. */
public enum Transport {
  /** The best that works here. */
  AUTO,
  IO_URING,
  EPOLL,
  NIO
}
