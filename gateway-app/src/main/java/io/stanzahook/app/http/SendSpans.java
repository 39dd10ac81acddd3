package io.stanzahook.app.http;

import io.stanzahook.webhook.TraceContext;
import java.time.Instant;

/**
 * Is told of requests to send something that belong to somebody's sampled trace. Called on event
 * loops; must be quick and must not throw.
 */
@FunctionalInterface
public interface SendSpans {
  /** Nobody is told. */
  SendSpans NONE = (parent, method, route, status, start, end) -> {};

  /**
   * A request was answered.
   *
   * @param parent what its {@code traceparent} named
   * @param route the first part of the path: whom it was for is not told
   * @param status the answer's
   */
  void answered(
      TraceContext parent, String method, String route, int status, Instant start, Instant end);
}
