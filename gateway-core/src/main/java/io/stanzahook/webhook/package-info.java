/**
 * Calls of webhooks over HTTP. In the order of a call: {@link io.stanzahook.webhook.KindWebhooks}
 * chooses an endpoint, {@link io.stanzahook.webhook.BreakingWebhook} makes no call to one that is
 * down, and {@link io.stanzahook.webhook.WebhookClient} sends the request to where {@link
 * io.stanzahook.webhook.UrlTemplate} says, over a connection of {@code Hosts}. {@code CallFailures}
 * names what went wrong. {@code exchange} writes the request and reads the response.
 *
 * <p>Threading: {@link io.stanzahook.webhook.Webhook#post} may be subscribed to and cancelled on
 * any thread and completes on an event loop. What happens between request and response is on the
 * connection's event loop.
 *
 * <p>API: {@code Webhook} with {@code Batching}, {@code HandlerWebhook}, {@code EndpointEvent},
 * {@code WebhookEndpoint} with {@code BreakerState} and {@code EndpointOutage}, {@code
 * UrlTemplate}, and the settings. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.webhook;

import org.jspecify.annotations.NullMarked;
