package io.stanzahook.webhook;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the URLs that stanzas are POSTed to, as observers see it. Any thread may look. */
public interface WebhookEndpoint {
  /** A 2xx that was understood. */
  String OK = "ok";

  /** How calls end: {@link #OK}, and the labels of {@link WebhookResult.Outcome}. */
  List<String> OUTCOMES = List.of(OK, "answered", "not_sent", "undecodable", "unknown");

  /** Scheme, host and port; of several that share those, with a number. */
  String name();

  /** Where its breaker stands. */
  BreakerState breakerState();

  /** Why it gets no calls, or only a few; null while it gets all. */
  default @Nullable EndpointOutage outage() {
    return null;
  }

  /** Lets the next calls through at once, to see whether it is back. */
  default void tryNow() {}

  /** Calls under way. */
  int inFlight();

  /** Calls that ended so, one of {@link #OUTCOMES}. */
  long calls(String outcome);
}
