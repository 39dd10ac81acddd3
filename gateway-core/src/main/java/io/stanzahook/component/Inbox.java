package io.stanzahook.component;

import io.stanzahook.stanza.Stanza;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Stanzas on their way from the stream to whoever takes them. Outlives connections: what one has
 * brought and nobody has asked for stays here when it ends, and goes out before what the next one
 * brings. So a connection can end, and the next one begin, while there is no demand.
 *
 * <p>Bounded: a connection is read as far as there is demand; what is read without, at its end (see
 * {@link Intake#rest}), only until this is full, over all connections.
 *
 * <p>Threading: one connection's event loop at a time puts in; demand comes on any thread.
 */
final class Inbox {
  /** Stanzas that nobody has asked for yet at most, and bytes of them. */
  static final int MOST = 100_000;

  static final long MOST_BYTES = 32L << 20;

  private final Sinks.Many<Stanza> stanzas = Sinks.unsafe().many().unicast().onBackpressureBuffer();
  private final AtomicLong demand = new AtomicLong();
  private volatile Runnable onDemand = () -> {};

  /** Put in without demand since there was some last: as if nothing of it had gone out yet. */
  private long restBytes;

  /** All that comes, as it is asked for. To be subscribed to once. */
  Flux<Stanza> stanzas() {
    return stanzas
        .asFlux()
        .doOnRequest(
            count -> {
              demand.accumulateAndGet(count, Inbox::sum);
              onDemand.run();
            });
  }

  /** Sets who is told of each new demand, on the thread that it comes from. */
  void onDemand(Runnable listener) {
    onDemand = listener;
  }

  /** How many are asked for beyond those that were put in; negative where it is the other way. */
  long demand() {
    return demand.get();
  }

  /** Puts one in that may not be asked for; false, and it is not, where there are too many. */
  boolean putRest(Stanza stanza) {
    long beyond = -demand.get();
    restBytes = beyond < 0 ? 0 : restBytes + stanza.xml().length();
    if (beyond > MOST || restBytes > MOST_BYTES) {
      return false;
    }
    put(stanza);
    return true;
  }

  void put(Stanza stanza) {
    // Demand without end stays so.
    demand.updateAndGet(now -> now == Long.MAX_VALUE ? now : now - 1);
    stanzas.tryEmitNext(stanza);
  }

  /** Without end where either is, or where it no longer fits; the first one may be negative. */
  private static long sum(long now, long more) {
    return now > Long.MAX_VALUE - more ? Long.MAX_VALUE : now + more;
  }

  void fail(Throwable error) {
    stanzas.tryEmitError(error);
  }
}
