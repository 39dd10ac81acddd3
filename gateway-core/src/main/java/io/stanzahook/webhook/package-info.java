/**
 * Stanzas to HTTP requests and HTTP responses to replies. In the order a call takes: {@link
 * io.stanzahook.webhook.WebhookClient} sends what {@code RequestJson} wrote to where {@link
 * io.stanzahook.webhook.UrlTemplate} says, signed by {@code RequestSigner} if there are {@link
 * io.stanzahook.webhook.SigningKeys}; {@code ReplyReader} reads the response by its content type;
 * {@code ReplyRules} makes stanzas of it that are safe on the stream, or says why not. What went
 * wrong before that is named by {@code CallFailures} and {@code StatusErrors}. Before all of it
 * stands {@link io.stanzahook.webhook.BreakingWebhook}, which makes no call to an endpoint that is
 * down.
 *
 * <p>Threading: {@link io.stanzahook.webhook.Webhook#post} may be subscribed to and cancelled on
 * any thread and completes on an event loop. What happens between request and response is on the
 * connection's event loop; reading and judging are stateless, and each thread signs with algorithms
 * of its own.
 *
 * <p>API: {@code Webhook}, {@code WebhookResult} with what it holds, {@code HandlerWebhook}, {@code
 * EndpointEvent}, and the settings. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.webhook;

import org.jspecify.annotations.NullMarked;
