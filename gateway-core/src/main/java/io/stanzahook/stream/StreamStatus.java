package io.stanzahook.stream;

/** Where a component's stream stands. */
public enum StreamStatus {
  /** Connecting, or waiting for the next attempt. */
  CONNECTING,
  /** Another process of the cluster holds the stream. */
  STANDBY,
  /** Authenticated. */
  CONNECTED,
  /** Refused for good, or stopped. */
  ENDED
}
