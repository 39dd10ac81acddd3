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
  /** Demand is renewed when this much of the queue, at most, is free and not asked for. */
  private static final int MAX_BATCH = 64;

  /** Asked for ahead if a stanza without room is refused. */
  private static final int MAX_AHEAD = 2 * MAX_BATCH;

  private final Consumer<Stanza> received;
  private final Runnable begin;
  private final Runnable end;

  /** Of the room in the queue: promised to stanzas that were asked for and are not here yet. */
  private long promised;

  /**
   * Nothing comes before it is subscribed.
   *
   * @param received told each stanza, on the stream's thread
   * @param begin called once the first may be asked for
   * @param end called when no more come
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

  /** One that was asked for is here. */
  void arrived() {
    promised--;
  }

  /** Whether all that was asked for is here: nothing is read. */
  boolean isSpent() {
    return promised <= 0;
  }

  /**
   * Asks for what there is room for and was not asked for yet.
   *
   * @param room places in the queue that are not taken
   */
  void ask(FlowSettings flow, long room) {
    askUpTo(flow.overload() == Overload.REJECT ? MAX_AHEAD : room, flow);
  }

  /**
   * The same while draining: nothing is queued any more.
   *
   * @param room for what is kept on disk even then
   * @param unwritten answers that are not written yet
   */
  void askWhileDraining(FlowSettings flow, long room, long unwritten) {
    askUpTo(Math.min(room, MAX_AHEAD - unwritten), flow);
  }

  private void askUpTo(long wanted, FlowSettings flow) {
    long more = wanted - promised;
    // Before it is subscribed nobody hears it, and what is not heard must not count as promised.
    if (upstream() != null && more >= Math.max(1, Math.min(MAX_BATCH, flow.queue() / 4))) {
      promised += more;
      request(more);
    }
  }
}
