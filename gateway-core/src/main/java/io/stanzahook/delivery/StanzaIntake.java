package io.stanzahook.delivery;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.stanza.Stanza;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

/**
 * Takes the stream's stanzas and asks for as many as there is room for. Under {@link
 * Overload#BACKPRESSURE} it asks for what has room. Under {@link Overload#REJECT}, and while
 * draining, it always asks for some more, because a stanza without room is refused. It never asks
 * for an unlimited number: demand cannot be taken back when the policy changes.
 *
 * <p>Threading: signals come on any thread; what asks and counts belongs to the dispatcher's turns.
 */
final class StanzaIntake extends BaseSubscriber<Stanza> {
  /**
   * Demand is renewed at the latest when this many places of the queue are free and not asked for.
   */
  private static final int MAX_BATCH = 64;

  /** How many stanzas are asked for in advance if stanzas without room are refused. */
  private static final int MAX_AHEAD = 2 * MAX_BATCH;

  private final Consumer<Stanza> received;
  private final Runnable begin;
  private final Runnable end;

  /** How many places in the queue belong to stanzas that were asked for and have not arrived. */
  private long promised;

  /**
   * Nothing arrives before it is subscribed.
   *
   * @param received is told of each stanza, on the stream's thread
   * @param begin is called when the first stanza may be asked for
   * @param end is called when no more come
   */
  StanzaIntake(Consumer<Stanza> received, Runnable begin, Runnable end) {
    this.received = received;
    this.begin = begin;
    this.end = end;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    begin.run();
  }

  @Override
  protected void hookOnNext(Stanza stanza) {
    received.accept(stanza);
  }

  @Override
  protected void hookFinally(SignalType type) {
    end.run();
  }

  /** A stanza that was asked for has arrived. */
  void arrived() {
    promised--;
  }

  /** Whether everything that was asked for has arrived, so nothing is read. */
  boolean isSpent() {
    return promised <= 0;
  }

  /**
   * Asks for as many stanzas as there is room for and were not asked for yet.
   *
   * @param room free places in the queue
   */
  void ask(FlowSettings flow, long room) {
    askUpTo(flow.overload() == Overload.REJECT ? MAX_AHEAD : room, flow);
  }

  /**
   * Asks for stanzas while draining, when nothing is queued any more.
   *
   * @param room for messages that are kept even then
   * @param unwritten answers that are not written yet
   */
  void askWhileDraining(FlowSettings flow, long room, long unwritten) {
    askUpTo(Math.min(room, MAX_AHEAD - unwritten), flow);
  }

  private void askUpTo(long wanted, FlowSettings flow) {
    long more = wanted - promised;
    // Before it is subscribed, nobody hears the request, so the places must not count as promised.
    if (upstream() != null && more >= Math.max(1, Math.min(MAX_BATCH, flow.queue() / 4))) {
      promised += more;
      request(more);
    }
  }
}
