package io.stanzahook.app.http;

import io.stanzahook.trace.TraceContext;
import java.time.Instant;

/**
 * Observes requests of the send API that belong to a sampled trace. Called on event loops; must be
 * quick and must not throw.
 */
@FunctionalInterface
public interface SendSpans {
  /** Observes nothing. */
  SendSpans NONE = (parent, method, route, status, start, end) -> {};

  /**
   * A request was answered.
   *
   * @param parent the parent that its {@code traceparent} names
   * @param route the first part of the path, without the receiver
   * @param status of the answer
   */
  void answered(
      TraceContext parent, String method, String route, int status, Instant start, Instant end);
}
