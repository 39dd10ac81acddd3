package io.stanzahook.delivery;

import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.EndpointEvent;

/**
 * The only way to observe deliveries: metrics, logs and the console use it. Calls come on event
 * loops, must be quick and must not throw.
 */
public interface DeliveryListener {
  /** A listener that does nothing. */
  DeliveryListener NONE = new DeliveryListener() {};

  /** A stanza came in and was accepted or answered locally. */
  default void received(Stanza stanza) {}

  /** A stanza was refused without a webhook call. */
  default void refused(Stanza stanza, RefusalReason reason) {}

  /** A stanza waits for its first call: for a permit, or for its conversation. */
  default void waiting(Stanza stanza, String webhookId) {}

  /**
   * A stanza that {@linkplain #waiting waited} is refused without a call. {@link #refused} is
   * called too.
   */
  default void waitingRefused(Stanza stanza, String webhookId, RefusalReason reason) {}

  /**
   * A webhook call begins.
   *
   * @param attempt 1 for the first
   */
  default void calling(Stanza stanza, String webhookId, int attempt) {}

  /**
   * A webhook call ended. One that a breaker held back (no call was made) has the number that the
   * next one will have.
   *
   * @param attempt 1 for the first
   * @param nanos how long it took
   */
  default void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {}

  /**
   * A webhook call with several stanzas begins. Unless overridden, this is {@link #calling(Stanza,
   * String, int)} for each of them.
   */
  default void calling(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      calling(batch.stanza(i), batch.webhookId(i), batch.attempt(i));
    }
  }

  /**
   * A webhook call with several stanzas ended. Unless overridden, this is {@link #called(Stanza,
   * String, int, WebhookResult, long)} for each of them.
   *
   * @param result of all, or an {@link WebhookResult.AnsweredEach}
   * @param nanos how long it took
   */
  default void called(Batch batch, WebhookResult result, long nanos) {
    for (int i = 0; i < batch.size(); i++) {
      called(batch.stanza(i), batch.webhookId(i), batch.attempt(i), result.of(i), nanos);
    }
  }

  /**
   * After {@link #called}: the call failed, and another attempt follows.
   *
   * @param attempt the one that failed
   * @param in nanoseconds until the next one may begin
   */
  default void retrying(
      Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {}

  /**
   * The delivery failed. Its sender is told, if errors may be sent to them.
   *
   * @param attempts how many were made
   * @param failed the last failure
   */
  default void gaveUp(Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failed) {}

  /**
   * A message that failed became a dead letter.
   *
   * @param cause what went wrong, as in {@link io.stanzahook.delivery.Burial#cause}
   */
  default void buried(Stanza stanza, String webhookId, String cause) {}

  /** There were too many dead letters: this many, the oldest, were deleted. */
  default void deadLettersDiscarded(int count) {}

  /** A reply was not sent. */
  default void dropped(Stanza stanza, String webhookId, DroppedReply dropped) {}

  /**
   * An answer is held, because its conversation has had as many answers as a minute may have.
   *
   * @param nanos for how long
   * @param first whether it is the first of an unbroken series of minutes
   */
  default void answerHeld(Stanza stanza, String webhookId, long nanos, boolean first) {}

  /** The conversation of this stanza looks like two bots that answer each other. */
  default void looksLikeBots(Stanza stanza) {}

  /** Something happened to an endpoint of the webhook. */
  default void endpoint(EndpointEvent event) {}

  /** Stanzas were written to the stream. */
  default void sent(OutboundStanza stanza) {}

  /**
   * A stanza is delivered: its replies, if there are any, are written.
   *
   * @param nanos since the stanza was received
   */
  default void settled(Stanza stanza, String webhookId, long nanos) {}

  /** Why a stanza was refused: the label's values in {@code stanzas_refused_total}. */
  enum RefusalReason {
    /** The queue was full under the overload policy {@code reject}. */
    QUEUE_FULL("queue_full"),
    /** The spool was full, or could not be written, under the overload policy {@code reject}. */
    SPOOL_FULL("spool_full"),
    /** It waited in the queue for longer than allowed. */
    QUEUE_TIMEOUT("queue_timeout"),
    /** The gateway is shutting down. */
    SHUTDOWN("shutdown"),
    /** Addressed to a domain that is not the component's. */
    FOREIGN_TO("foreign_to"),
    /** A message of the component itself, which a chat room sent back. */
    ROOM_ECHO("room_echo"),
    /** A rule of the filters keeps it from the webhook. */
    FILTERED("filtered");

    private final String label;

    RefusalReason(String label) {
      this.label = label;
    }

    /** The label's value. */
    public String label() {
      return label;
    }
  }
}
