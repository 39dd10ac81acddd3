package io.stanzahook.webhook;

/**
 * What happens to an endpoint of a webhook. Told on event loops: who takes it must be quick and
 * must not throw.
 */
public sealed interface EndpointEvent {
  /** Scheme, host and port. */
  String endpoint();

  /** The breaker changed its state. */
  record BreakerChanged(String endpoint, BreakerState before, BreakerState after)
      implements EndpointEvent {}

  /** The endpoint answered 410: it is not called any more. */
  record Gone(String endpoint) implements EndpointEvent {}
}
