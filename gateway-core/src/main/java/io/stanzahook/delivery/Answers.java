package io.stanzahook.delivery;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.local.LocalService;
import io.stanzahook.local.Receipts;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import java.util.ArrayList;
import java.util.List;

/** What the sender of a stanza is told, by how its delivery went. */
final class Answers {
  /** What the sender is told whose time is over. */
  static final StanzaError TOO_LATE =
      ErrorCondition.REMOTE_SERVER_TIMEOUT.error("The webhook did not answer in time.");

  private final String domain;
  private final boolean receipts;
  private final DeliveryListener listener;
  private final LocalService local;

  Answers(String domain, boolean receipts, LocalService local, DeliveryListener listener) {
    this.local = local;
    this.domain = domain;
    this.receipts = receipts;
    this.listener = listener;
  }

  /**
   * What leaves after a webhook call that was answered.
   *
   * @param taken whether the delivery ends with it; else it is a dead letter, which may be
   *     delivered again
   */
  List<OutboundStanza> of(Delivery delivery, WebhookResult.Answered answered, boolean taken) {
    for (DroppedReply dropped : answered.dropped()) {
      listener.dropped(delivery.stanza, delivery.webhookId, dropped);
    }
    List<OutboundStanza> replies = withoutLoop(delivery, answered.replies());
    if (answered.local()) {
      List<OutboundStanza> all = new ArrayList<>(local.answerInstead(delivery.stanza));
      all.addAll(replies);
      return all;
    }
    return receipts && taken && Receipts.areDueFor(delivery.stanza) && !isOwn(delivery.stanza)
        ? Receipts.before(replies, delivery.stanza)
        : replies;
  }

  /** What leaves when a stanza is refused without a call. */
  List<OutboundStanza> refusal(Stanza stanza, RefusalReason reason) {
    String text =
        switch (reason) {
          case QUEUE_FULL, SPOOL_FULL -> "Too many stanzas are waiting; try again later.";
          case QUEUE_TIMEOUT -> "The stanza waited too long to be handled; try again later.";
          case SHUTDOWN -> "The service is restarting; try again later.";
          case FOREIGN_TO, ROOM_ECHO, FILTERED -> "";
        };
    return text.isEmpty()
        ? List.of()
        : error(stanza, new StanzaError(ErrorType.WAIT, ErrorCondition.RESOURCE_CONSTRAINT, text));
  }

  /** What leaves if an error is to be told: nothing if it must not, or to our own addresses. */
  List<OutboundStanza> error(Stanza stanza, StanzaError error) {
    if (isOwn(stanza)) {
      return List.of();
    }
    OutboundStanza answer = OutboundStanza.error(stanza, error);
    return answer == null ? List.of() : List.of(answer);
  }

  /** Two bots of one component that answer each other would never stop. */
  private List<OutboundStanza> withoutLoop(Delivery delivery, List<OutboundStanza> replies) {
    if (replies.isEmpty() || !isOwn(delivery.stanza)) {
      return replies;
    }
    listener.dropped(
        delivery.stanza,
        delivery.webhookId,
        new DroppedReply(
            DroppedReply.Reason.UNANSWERABLE, "the sender belongs to this component itself"));
    return List.of();
  }

  private boolean isOwn(Stanza stanza) {
    boolean request = stanza instanceof Iq iq && iq.isRequest();
    return !request && stanza.from().hasDomain(domain);
  }
}
