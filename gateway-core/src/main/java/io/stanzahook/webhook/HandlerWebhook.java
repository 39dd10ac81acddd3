package io.stanzahook.webhook;

import io.stanzahook.exchange.ReadReply.ReplyObject;
import io.stanzahook.exchange.ReplyRules;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Java code in place of a webhook over HTTP, held to the contract of {@link Webhook}: what throws,
 * what ends with an error and what takes too long is a failure, and an end without a result is no
 * reply.
 *
 * <p>Any thread may call; the code is called on that thread, and must not block it.
 */
public final class HandlerWebhook implements Webhook {
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int FAULT = 500;

  private final Webhook handler;
  private final ReplyRules rules;
  private final Duration timeout;

  /**
   * Holds that handler to the contract.
   *
   * @param domain the component's domain
   * @param timeout of one call
   */
  public HandlerWebhook(Webhook handler, String domain, Duration timeout) {
    this.handler = handler;
    this.rules = new ReplyRules(domain);
    this.timeout = timeout;
  }

  /**
   * A webhook that answers with text, as one over HTTP does with {@code text/plain}.
   *
   * @param domain the component's domain
   * @param answers the text for a stanza; empty for no reply
   */
  public static Webhook answering(String domain, Function<Stanza, Mono<String>> answers) {
    ReplyRules rules = new ReplyRules(domain);
    return (stanza, webhookId, attempt) ->
        answers
            .apply(stanza)
            .map(text -> rules.answered(stanza, OK, List.of(ReplyObject.ofBody(text))));
  }

  @Override
  public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
    return Mono.defer(() -> handler.post(stanza, webhookId, attempt))
        .switchIfEmpty(Mono.fromSupplier(() -> rules.answered(stanza, NO_CONTENT, List.of())))
        .timeout(timeout)
        .onErrorResume(error -> Mono.just(failed(error)));
  }

  private Failed failed(Throwable error) {
    return error instanceof TimeoutException
        ? new Failed(
            Outcome.UNKNOWN,
            0,
            ErrorCondition.REMOTE_SERVER_TIMEOUT.error(
                "The service behind this address did not answer in time."),
            "the handler gave no result within %d ms".formatted(timeout.toMillis()),
            null)
        : new Failed(
            Outcome.ANSWERED,
            FAULT,
            ErrorCondition.INTERNAL_SERVER_ERROR.error("The service behind this address failed."),
            "the handler failed: " + error,
            null);
  }
}
