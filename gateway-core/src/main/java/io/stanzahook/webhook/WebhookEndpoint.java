package io.stanzahook.webhook;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the URLs that stanzas are POSTed to, as observers see it. Any thread may call it. */
public interface WebhookEndpoint {
  /** A 2xx that was understood. */
  String OK = "ok";

  /** How calls end: {@link #OK}, and the labels of {@link WebhookResult.Outcome}. */
  List<String> OUTCOMES = List.of(OK, "answered", "not_sent", "undecodable", "unknown");

  /** Scheme, host and port, with a number if several URLs share these. */
  String name();

  /** The state of its breaker. */
  BreakerState breakerState();

  /** Why it gets no calls, or only a few; null while it gets all. */
  default @Nullable EndpointOutage outage() {
    return null;
  }

  /** Makes the next calls at once, to find out whether it is back. */
  default void tryNow() {}

  /** Calls under way. */
  int inFlight();

  /** How many calls ended with this outcome, one of {@link #OUTCOMES}. */
  long calls(String outcome);
}
