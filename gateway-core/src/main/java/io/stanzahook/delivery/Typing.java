package io.stanzahook.delivery;

import io.stanzahook.stanza.OutboundStanza;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Scheduler;

/**
 * Tells senders who speak chat states that an answer is being written, once the webhook takes its
 * time. Of all calls one timer looks at the oldest: it is never set anew for a call that ends.
 *
 * <p>Bounded by the calls in flight. Belongs to the dispatcher's turns; only the timer's call comes
 * on the scheduler's thread.
 */
final class Typing {
  /** The timer is set no shorter than this. */
  private static final long LEAST_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

  private final String domain;
  private final long after;
  private final Scheduler scheduler;
  private final LongSupplier nanoTime;
  private final Consumer<OutboundStanza> send;
  private final Runnable due;

  /** Calls in flight whose senders were told nothing yet, in the order they began. */
  private final Set<Delivery> waiting = new LinkedHashSet<>();

  private boolean armed;

  /**
   * None yet.
   *
   * @param domain the component's: its own words are not answered
   * @param after how long a call may take before that
   * @param send takes what is to leave
   * @param due told, on the scheduler's thread, when {@link #look} may have something to do
   */
  Typing(
      String domain,
      Duration after,
      DispatchClock clock,
      Consumer<OutboundStanza> send,
      Runnable due) {
    this.domain = domain;
    this.after = after.toNanos();
    this.scheduler = clock.scheduler();
    this.nanoTime = clock.nanoTime();
    this.send = send;
    this.due = due;
  }

  /** A call begins. */
  void begun(Delivery delivery) {
    if (!delivery.composed && concerns(delivery)) {
      waiting.add(delivery);
    }
  }

  private boolean concerns(Delivery delivery) {
    return ChatStates.areSpokenIn(delivery.stanza) && !delivery.stanza.from().hasDomain(domain);
  }

  /** A call ended without an answer of the webhook. */
  void interrupted(Delivery delivery) {
    if (ended(delivery)) {
      send.accept(ChatStates.alone(delivery.stanza, ChatStates.PAUSED));
    }
  }

  /** A call was answered; what is to leave. */
  List<OutboundStanza> answered(Delivery delivery, List<OutboundStanza> replies) {
    boolean composing = ended(delivery);
    return concerns(delivery) ? ChatStates.in(replies, delivery.stanza, composing) : replies;
  }

  private boolean ended(Delivery delivery) {
    waiting.remove(delivery);
    boolean composing = delivery.composing;
    delivery.composing = false;
    return composing;
  }

  /** Sets the timer, where it is not set and there is something to wait for. */
  void arm() {
    if (!armed && !waiting.isEmpty()) {
      armed = true;
      long dueAt = waiting.iterator().next().calledAt + after;
      scheduler.schedule(
          due, Math.max(LEAST_DELAY, dueAt - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
    }
  }

  /** The timer's call has come to its turn. */
  void look() {
    armed = false;
    long now = nanoTime.getAsLong();
    while (!waiting.isEmpty()) {
      Delivery delivery = waiting.iterator().next();
      if (delivery.calledAt + after - now > 0) {
        return;
      }
      waiting.remove(delivery);
      delivery.composing = true;
      delivery.composed = true;
      send.accept(ChatStates.alone(delivery.stanza, ChatStates.COMPOSING));
    }
  }
}
