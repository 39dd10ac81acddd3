package io.stanzahook.stream;

import io.stanzahook.stanza.Stanza;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Stanzas on their way from the stream to whoever takes them. Outlives connections: what one has
 * brought and nobody has asked for stays here when it ends, and goes out before what the next one
 * brings. So a connection can end, and the next one begin, while there is no demand.
 *
 * <p>Bounded: a connection is read as far as there is demand; what is read without, its first
 * stanza and at its end all (see {@link Intake#rest}), only until this is full, over all
 * connections.
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
  private long unaskedBytes;

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

  /** Puts one in; false, and it is not, where nobody asks for it and there are too many already. */
  boolean put(Stanza stanza) {
    long beyond = -demand.get();
    unaskedBytes = beyond < 0 ? 0 : unaskedBytes + stanza.xml().length();
    if (beyond > MOST || unaskedBytes > MOST_BYTES) {
      return false;
    }
    // Demand without end stays so.
    demand.updateAndGet(now -> now == Long.MAX_VALUE ? now : now - 1);
    stanzas.tryEmitNext(stanza);
    return true;
  }

  /** Without end where either is, or where it no longer fits; the first one may be negative. */
  private static long sum(long now, long more) {
    return now > Long.MAX_VALUE - more ? Long.MAX_VALUE : now + more;
  }

  void fail(Throwable error) {
    stanzas.tryEmitError(error);
  }
}
