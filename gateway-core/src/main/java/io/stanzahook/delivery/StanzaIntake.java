package io.stanzahook.delivery;

import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;

/** Takes the stream's stanzas, and ticks as long as they come. Asks for none by itself. */
final class StanzaIntake extends BaseSubscriber<Stanza> {
  /** How often waiting stanzas are looked through for what has waited too long. */
  private static final Duration TICK = Duration.ofMillis(250);

  private final Consumer<Stanza> received;
  private final Runnable begin;
  private final Runnable tick;
  private final Runnable end;
  private final Scheduler scheduler;
  private @Nullable Disposable ticks;

  /**
   * Nothing comes before it is subscribed.
   *
   * @param received told each stanza, on the stream's thread
   * @param begin called once the first may be asked for
   * @param tick called on the scheduler's thread
   * @param end called when no more come, nor ticks
   */
  StanzaIntake(
      Consumer<Stanza> received, Runnable begin, Runnable tick, Runnable end, Scheduler scheduler) {
    this.received = received;
    this.begin = begin;
    this.tick = tick;
    this.end = end;
    this.scheduler = scheduler;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    begin.run();
    ticks =
        scheduler.schedulePeriodically(
            tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  protected void hookOnNext(Stanza stanza) {
    received.accept(stanza);
  }

  @Override
  protected void hookFinally(SignalType type) {
    Disposable current = ticks;
    if (current != null) {
      current.dispose();
    }
    end.run();
  }
}
