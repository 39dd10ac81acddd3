package io.stanzahook.stream;

import io.netty.channel.EventLoop;
import io.stanzahook.stanza.Stanza;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.MonoSink;

/**
 * Takes one connection's stanzas into the inbox: as many as are asked for there, so that reading
 * stops without demand. What comes before the first stanza, the handshake, is read in any case.
 *
 * <p>Threading: on the connection's event loop; {@link #demanded} on any thread.
 */
final class Intake extends BaseSubscriber<Stanza> {
  /** Asked of the connection at once; what is asked for cannot be taken back. */
  private static final int BATCH = 64;

  private final Inbox inbox;
  private final EventLoop loop;
  private final MonoSink<Void> end;
  private final AtomicBoolean starved = new AtomicBoolean();
  private long asked;
  private boolean rest;

  /**
   * Nothing is asked for before it is subscribed.
   *
   * @param end told how the connection ended
   */
  Intake(Inbox inbox, EventLoop loop, MonoSink<Void> end) {
    this.inbox = inbox;
    this.loop = loop;
    this.end = end;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    inbox.onDemand(this::demanded);
    ask(1);
  }

  @Override
  protected void hookOnNext(Stanza stanza) {
    asked--;
    if (!inbox.put(stanza)) {
      cancel();
      hookOnError(StreamEnd.closed("more stanzas came, unasked for, than can be kept"));
    } else if (asked == 0 && !rest) {
      more();
    }
  }

  @Override
  protected void hookOnError(Throwable error) {
    // Before anybody hears of it: the next connection's turn comes then.
    inbox.onDemand(() -> {});
    end.error(error);
  }

  /** Reads what there still is, whether anybody asks for it or not: the connection is lost. */
  void rest() {
    if (!rest) {
      rest = true;
      requestUnbounded();
    }
  }

  /** Reads on if reading stopped: somebody asked for more. */
  private void demanded() {
    if (starved.get()) {
      if (loop.inEventLoop()) {
        readOn();
      } else {
        loop.execute(this::readOn);
      }
    }
  }

  private void readOn() {
    if (starved.compareAndSet(true, false)) {
      more();
    }
  }

  private void more() {
    long count = inbox.demand();
    if (count <= 0) {
      starved.set(true);
      // It may have come in between, and have seen nobody starve.
      if (inbox.demand() <= 0 || !starved.compareAndSet(true, false)) {
        return;
      }
      count = inbox.demand();
    }
    ask(Math.min(count, BATCH));
  }

  private void ask(long count) {
    asked = count;
    request(count);
  }
}
