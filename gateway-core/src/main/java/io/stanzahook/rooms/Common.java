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
 * What all occupants of a component have in common.
 *
 * @param outbound sends what is not looked at again
 * @param told of what happens
 * @param timers where time passes; asked each time, so that tests can have a time of their own
 */
record Common(
    Function<List<OutboundStanza>, Mono<Void>> outbound,
    Supplier<Scheduler> timers,
    ReentryPolicy waits,
    Consumer<RoomEvent> told,
    Occupants occupants,
    StanzaIds ids) {

  long now() {
    return timers.get().now(TimeUnit.NANOSECONDS);
  }

  Disposable later(Duration wait, Runnable what) {
    return timers.get().schedule(what, wait.toNanos(), TimeUnit.NANOSECONDS);
  }
}
