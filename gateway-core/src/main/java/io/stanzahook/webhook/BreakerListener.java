package io.stanzahook.webhook;

/** Is told what becomes of an endpoint. Called on event loops; must be quick and must not throw. */
public interface BreakerListener {

  /**
   * The breaker changed its state.
   *
   * @param endpoint scheme, host and port
   */
  default void breakerChanged(String endpoint, BreakerState before, BreakerState after) {}

  /**
   * The endpoint answered 410: it is not called any more.
   *
   * @param endpoint scheme, host and port
   */
  default void endpointGone(String endpoint) {}
}
