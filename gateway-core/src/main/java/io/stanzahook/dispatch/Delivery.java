package io.stanzahook.dispatch;

import io.stanzahook.stanza.Stanza;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** One stanza on its way to the webhook and back. Its fields belong to the dispatcher's turns. */
final class Delivery {
  final Stanza stanza;

  /** When it was received, by {@link System#nanoTime}. */
  final long received;

  final String webhookId;

  /** The conversation it belongs to. */
  final Lane lane;

  /** The next one of the same conversation. */
  @Nullable Delivery next;

  /** Neighbours in the list of those that wait, or of those in flight. */
  @Nullable Delivery older;

  @Nullable Delivery younger;

  /** Whether it was given up while waiting; its lane passes it over. */
  boolean refused;

  /** The call in flight, and since when; null before and after. */
  @Nullable Disposable call;

  long calledAt;

  Delivery(Stanza stanza, long received, String webhookId, Lane lane) {
    this.stanza = stanza;
    this.received = received;
    this.webhookId = webhookId;
    this.lane = lane;
  }
}
