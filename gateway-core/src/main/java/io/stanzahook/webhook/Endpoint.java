package io.stanzahook.webhook;

import org.jspecify.annotations.Nullable;

/**
 * One URL with its connections and its breaker.
 *
 * @param name in logs and metrics
 */
record Endpoint(String name, UrlTemplate url, WebhookClient client, BreakingWebhook breaking)
    implements WebhookEndpoint {
  @Override
  public BreakerState breakerState() {
    return breaking.state();
  }

  @Override
  public @Nullable EndpointOutage outage() {
    return breaking.outage();
  }

  @Override
  public void tryNow() {
    breaking.tryNow();
  }

  @Override
  public int inFlight() {
    return client.inFlight();
  }

  @Override
  public long calls(String outcome) {
    return breaking.calls(outcome);
  }
}
