package io.stanzahook.webhook;

/**
 * Something that happened to an endpoint of a webhook. It comes on event loops, so its consumer
 * must be quick and must not throw.
 */
public sealed interface EndpointEvent {
  /** Scheme, host and port. */
  String endpoint();

  /** The breaker changed its state. */
  record BreakerChanged(String endpoint, BreakerState before, BreakerState after)
      implements EndpointEvent {}

  /** The endpoint answered 410, and is not called any more. */
  record Gone(String endpoint) implements EndpointEvent {}
}
