package io.stanzahook.webhook;

import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Delivers one stanza to a webhook and reads what it answers. A Java program that embeds the engine
 * may implement it, see {@link HandlerWebhook} for what is made of code that fails.
 *
 * <p>Threading: any thread may call, usually an event loop, and must not be blocked. The result may
 * come on any thread. Several calls are in flight at the same time.
 */
public interface Webhook {
  /**
   * POSTs the stanza when it is subscribed to; cancelling gives the call up. The same stanza and id
   * always give the same bytes.
   *
   * @param webhookId the delivery's id, the same on every attempt, also after a restart
   * @param attempt 1 for the first
   * @return exactly one result; failures are results too, so it never ends with an error
   */
  Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt);

  /** How it takes several stanzas in one call; null if it takes them one by one. */
  default @Nullable Batching batching() {
    return null;
  }
}
