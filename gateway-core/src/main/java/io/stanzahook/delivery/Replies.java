package io.stanzahook.delivery;

import io.stanzahook.stanza.OutboundStanza;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes back to the stream: counts what is not written yet, and tells when a delivery is
 * settled by it. Not thread-safe: called within the dispatcher's turns, to which it comes back once
 * the stream has written.
 */
final class Replies {
  private final Outbound outbound;
  private final Consumer<Runnable> turns;
  private final DeliveryListener listener;
  private final LongSupplier nanoTime;

  private int unwritten;

  /** Told of kept deliveries whose answers are written. */
  private LongConsumer settled = position -> {};

  /** Whether what is not written any more may be answered after the next start. */
  private boolean ending;

  /**
   * None yet.
   *
   * @param turns where steps are handed to that follow on a write
   */
  Replies(
      Outbound outbound,
      Consumer<Runnable> turns,
      DeliveryListener listener,
      LongSupplier nanoTime) {
    this.outbound = outbound;
    this.turns = turns;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /** Sets who is told the position in the spool of what is settled. */
  void onSettled(LongConsumer listener) {
    settled = listener;
  }

  /** The stream is about to be closed: what is kept and not answered by then stays kept. */
  void ending() {
    ending = true;
  }

  /** Sets of answers handed to the stream and not written yet. */
  int unwritten() {
    return unwritten;
  }

  /**
   * Sends answers.
   *
   * @param delivery what they settle, or null
   */
  void send(List<OutboundStanza> answers, @Nullable Delivery delivery) {
    List<OutboundStanza> stanzas = answers.isEmpty() ? answers : outbound.leaving(answers);
    if (stanzas.isEmpty()) {
      settled(delivery);
      return;
    }
    unwritten++;
    outbound
        .send(stanzas)
        .subscribe(
            done -> {},
            error -> turns.accept(() -> notWritten(delivery, error)),
            () -> turns.accept(() -> written(stanzas, delivery)));
  }

  private void written(List<OutboundStanza> stanzas, @Nullable Delivery delivery) {
    unwritten--;
    // By index: an iterator for each reply is garbage for nothing.
    for (int i = 0; i < stanzas.size(); i++) {
      listener.sent(stanzas.get(i));
    }
    settled(delivery);
  }

  private void notWritten(@Nullable Delivery delivery, Throwable error) {
    unwritten--;
    if (delivery != null) {
      if (delivery.isKept() && ending) {
        return;
      }
      settledByNow(delivery);
      listener.dropped(delivery.stanza, delivery.webhookId, Answers.notSent(error.getMessage()));
    }
  }

  private void settled(@Nullable Delivery delivery) {
    if (delivery != null) {
      settledByNow(delivery);
      listener.settled(
          delivery.stanza, delivery.webhookId, nanoTime.getAsLong() - delivery.received);
    }
  }

  private void settledByNow(Delivery delivery) {
    if (delivery.isKept()) {
      settled.accept(delivery.position);
    }
  }
}
