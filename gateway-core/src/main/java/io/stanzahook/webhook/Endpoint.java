package io.stanzahook.webhook;

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
  public int inFlight() {
    return client.inFlight();
  }

  @Override
  public long calls(String outcome) {
    return breaking.calls(outcome);
  }
}
