package io.stanzahook.stream;

/** Where a component's stream stands. */
public enum StreamStatus {
  /** Connecting, or waiting for the next attempt. */
  CONNECTING,
  /** Authenticated. */
  CONNECTED,
  /** Refused for good, or stopped. */
  ENDED
}
