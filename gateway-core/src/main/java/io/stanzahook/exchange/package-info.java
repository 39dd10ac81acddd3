/**
 * Stanzas as the bodies of requests, and the bodies of responses as replies. {@link
 * io.stanzahook.exchange.PostFormat} says what a request holds. {@link
 * io.stanzahook.exchange.ReplyReader} reads a response by its content type. {@link
 * io.stanzahook.exchange.ReplyRules} makes stanzas of it that are safe on the stream, or says why
 * it does not. {@link io.stanzahook.exchange.StatusErrors} says what a sender is told if there is
 * no such response. {@link io.stanzahook.exchange.SubmissionRules} holds stanzas from the send API
 * to the same rules. Knows no connections.
 *
 * <p>Threading: everything is immutable or without state, and any thread may call it. Nothing
 * blocks.
 *
 * <p>API: {@code WebhookResult}, {@code DroppedReply}, {@code Batch} and {@code PostFormat}. The
 * rest is not, and may change.
 */
@NullMarked
package io.stanzahook.exchange;

import org.jspecify.annotations.NullMarked;
