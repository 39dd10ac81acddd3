package io.stanzahook.rooms;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaIds;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What all occupants of a component share.
 *
 * @param outbound sends stanzas without passing them through {@link Rooms#leaving} again
 * @param told receives the events
 * @param forgotten run when one that was invited has ended
 * @param timers the scheduler; asked for each time, so that tests can use virtual time
 */
record Common(
    Function<List<OutboundStanza>, Mono<Void>> outbound,
    Supplier<Scheduler> timers,
    ReentryPolicy waits,
    Consumer<RoomEvent> told,
    Occupants occupants,
    StanzaIds ids,
    Runnable forgotten) {

  long now() {
    return timers.get().now(TimeUnit.NANOSECONDS);
  }

  Disposable later(Duration wait, Runnable what) {
    return timers.get().schedule(what, wait.toNanos(), TimeUnit.NANOSECONDS);
  }
}
