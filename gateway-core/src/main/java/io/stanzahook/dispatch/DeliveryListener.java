package io.stanzahook.dispatch;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.DroppedReply;
import io.stanzahook.webhook.WebhookResult;

/**
 * The one seam for observing deliveries: metrics, logs and the delivery view hang here. Calls come
 * on event loops, must be quick and must not throw.
 */
public interface DeliveryListener {
  /** A listener that does nothing. */
  DeliveryListener NONE = new DeliveryListener() {};

  /** A stanza came in and was accepted or answered locally. */
  default void received(Stanza stanza) {}

  /** A stanza was turned away without a webhook call. */
  default void refused(Stanza stanza, RefusalReason reason) {}

  /** A webhook call begins. */
  default void calling(Stanza stanza, String webhookId, int attempt) {}

  /** A webhook call ended. */
  default void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {}

  /** A reply was not sent. */
  default void dropped(Stanza stanza, String webhookId, DroppedReply dropped) {}

  /** Stanzas were written to the stream. */
  default void sent(OutboundStanza stanza) {}

  /**
   * A delivery is settled: its replies, if any, are written.
   *
   * @param nanos since the stanza was received
   */
  default void settled(Stanza stanza, String webhookId, long nanos) {}

  /** Why a stanza was turned away: the label's values in {@code stanzas_refused_total}. */
  enum RefusalReason {
    /** The queue was full under the overload policy {@code reject}. */
    QUEUE_FULL("queue_full"),
    /** It waited in the queue for longer than allowed. */
    QUEUE_TIMEOUT("queue_timeout"),
    /** The gateway is shutting down. */
    SHUTDOWN("shutdown"),
    /** Addressed to a domain that is not the component's. */
    FOREIGN_TO("foreign_to"),
    /** What the component itself said in a chat room, sent back by the room. */
    ROOM_ECHO("room_echo");

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
