package io.stanzahook.webhook;

/** The state of the breaker of a webhook's endpoint. */
public enum BreakerState {
  /** Calls are made. */
  CLOSED(0),
  /** A few calls are made to find out whether the endpoint is back. */
  HALF_OPEN(1),
  /** No call is made: most of the last ones failed, or the endpoint said that it is gone. */
  OPEN(2);

  private final int level;

  BreakerState(int level) {
    this.level = level;
  }

  /** The value in {@code stanzahook_webhook_breaker_state}. */
  public int level() {
    return level;
  }
}
