package io.stanzahook.net;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The addresses of one host, which are never old where they are asked for often: what is known is
 * looked up again each second, beside whoever asks; after a pause whoever asks waits for it. A name
 * that cannot be looked up any more keeps the addresses that it had for a while.
 *
 * <p>Any thread may call.
 */
public final class KnownAddresses {
  /** What is older is looked up again, beside whoever asks. */
  static final Duration FRESH = Duration.ofSeconds(1);

  /** What is older is waited for. */
  static final Duration USABLE = Duration.ofSeconds(5);

  /** How long: then what was known before is good enough. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** What is known is used for so long where the name cannot be looked up. */
  static final Duration MAX_STALE = Duration.ofMinutes(10);

  /** Addresses of a name that are used; further ones are not. */
  static final int MAX_ADDRESSES = 32;

  private final String host;
  private final Names names;
  private final LongSupplier nanoTime;
  private volatile @Nullable Known known;

  /** Guarded by this. */
  private @Nullable Mono<List<InetAddress>> lookup;

  /**
   * What was found.
   *
   * @param found when, by the clock
   * @param tried when it was looked up last, be it in vain
   */
  private record Known(List<InetAddress> addresses, long found, long tried) {}

  /** Nothing is known yet. */
  public KnownAddresses(String host, Names names, LongSupplier nanoTime) {
    this.host = host;
    this.names = names;
    this.nanoTime = nanoTime;
  }

  /**
   * The addresses, where they need not be waited for; else null. The same list as long as nothing
   * changes.
   *
   * @param now by the clock
   */
  public @Nullable List<InetAddress> now(long now) {
    Known current = known;
    if (current == null) {
      return null;
    }
    long age = now - current.tried;
    if (age >= USABLE.toNanos()) {
      return null;
    }
    if (age >= FRESH.toNanos()) {
      lookUp().subscribe(found -> {}, error -> {});
    }
    return current.addresses;
  }

  /** The addresses, looked up; one look-up at a time. */
  public Mono<List<InetAddress>> whenKnown() {
    Known before = known;
    Mono<List<InetAddress>> next = lookUp();
    return before == null ? next : next.timeout(MAX_WAIT, Mono.just(before.addresses));
  }

  private synchronized Mono<List<InetAddress>> lookUp() {
    Mono<List<InetAddress>> running = lookup;
    if (running != null) {
      return running;
    }
    Mono<List<InetAddress>> next =
        Mono.defer(() -> names.of(host))
            .map(this::found)
            .onErrorResume(this::notFound)
            .doFinally(signal -> done())
            .cache();
    lookup = next;
    return next;
  }

  private synchronized void done() {
    lookup = null;
  }

  private List<InetAddress> found(List<InetAddress> addresses) {
    List<InetAddress> some = addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size()));
    Known before = known;
    // Name servers give them in another order each time.
    boolean same =
        before != null
            && before.addresses.size() == some.size()
            && before.addresses.containsAll(some);
    long now = nanoTime.getAsLong();
    List<InetAddress> kept = before != null && same ? before.addresses : List.copyOf(some);
    known = new Known(kept, now, now);
    return kept;
  }

  private Mono<List<InetAddress>> notFound(Throwable why) {
    Known before = known;
    long now = nanoTime.getAsLong();
    if (before == null || now - before.found > MAX_STALE.toNanos()) {
      known = null;
      return Mono.error(why);
    }
    known = new Known(before.addresses, before.found, now);
    return Mono.just(before.addresses);
  }
}
