package io.stanzahook.webhook;

import io.netty.handler.ssl.SslContext;
import io.stanzahook.net.KnownAddresses;
import io.stanzahook.net.Names;
import io.stanzahook.net.Proxy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The current addresses of the name of a webhook or of its proxy, with their connections. Each call
 * goes to the address with the fewest calls in flight. An address that the name no longer has gets
 * no new calls.
 *
 * <p>Any thread may call it.
 */
final class Hosts {
  /** The maximum number of kept addresses, including former ones. */
  private static final int MAX_KEPT = 64;

  /** How long a former address is kept, in case the name gets it again. */
  private static final Duration MAX_UNUSED = Duration.ofMinutes(1);

  private final WebhookClient client;
  private final UrlTemplate url;
  private final WebhookSettings settings;
  private final @Nullable SslContext tls;
  private final KnownAddresses known;
  private volatile Current current = new Current(List.of(), List.of());

  /** Guarded by this. */
  private final List<Host> kept = new ArrayList<>();

  /** A list of addresses and their hosts. The list is the same object if nothing has changed. */
  private record Current(List<InetAddress> addresses, List<Host> hosts) {}

  /** Looks nothing up yet, but may read the JDK's trust store. */
  Hosts(WebhookClient client, UrlTemplate url, WebhookSettings settings, Names names) {
    this.client = client;
    this.url = url;
    this.settings = settings;
    this.tls = settings.connecting().tls(url);
    Proxy proxy = settings.connecting().proxy(url);
    this.known =
        new KnownAddresses(proxy == null ? url.host() : proxy.host(), names, System::nanoTime);
  }

  /** The host for a call; null if the name has to be looked up first. */
  @Nullable Host choose(long now) {
    List<InetAddress> addresses = known.now(now);
    return addresses == null ? null : best(of(addresses), now, List.of());
  }

  /** The host for a call, when the name is looked up. */
  Mono<Host> whenKnown() {
    return known
        .whenKnown()
        .mapNotNull(addresses -> best(of(addresses), System.nanoTime(), List.of()));
  }

  /** Another host for a call to which these gave no connection; null if there is none. */
  @Nullable Host another(List<Host> tried, long now) {
    return best(current.hosts, now, tried);
  }

  private List<Host> of(List<InetAddress> addresses) {
    Current is = current;
    return is.addresses == addresses ? is.hosts : change(addresses);
  }

  private synchronized List<Host> change(List<InetAddress> addresses) {
    List<Host> hosts =
        addresses.stream().map(address -> host(address, addresses.size() > 1)).toList();
    current = new Current(addresses, hosts);
    forget(addresses);
    return hosts;
  }

  private synchronized Host host(InetAddress address, boolean several) {
    for (Host each : kept) {
      if (each.address().equals(address)) {
        return each;
      }
    }
    Host host = new Host(client, url, settings, tls, address, several);
    kept.add(host);
    return host;
  }

  private synchronized void forget(List<InetAddress> addresses) {
    long now = System.nanoTime();
    for (Iterator<Host> all = kept.iterator(); all.hasNext(); ) {
      Host host = all.next();
      boolean unused =
          host.calls() == 0
              && (kept.size() > MAX_KEPT || now - host.usedAt() > MAX_UNUSED.toNanos());
      if (unused && !addresses.contains(host.address())) {
        all.remove();
        host.dispose().subscribe(done -> {}, error -> {});
      }
    }
  }

  /** The least busy host, or any of these. Hosts that rest come last. */
  private static @Nullable Host best(List<Host> hosts, long now, List<Host> tried) {
    if (hosts.size() == 1) {
      return tried.isEmpty() ? hosts.get(0) : null;
    }
    int start = hosts.isEmpty() ? 0 : ThreadLocalRandom.current().nextInt(hosts.size());
    Host best = null;
    for (int i = 0; i < hosts.size(); i++) {
      Host host = hosts.get((start + i) % hosts.size());
      if (tried.contains(host)) {
        continue;
      }
      if (host.triesAgain(now)) {
        return host;
      }
      if (best == null || isBetter(host, best)) {
        best = host;
      }
    }
    return best;
  }

  private static boolean isBetter(Host host, Host other) {
    if (host.rests() != other.rests()) {
      return other.rests();
    }
    return host.rests() ? host.restsUntil() - other.restsUntil() < 0 : host.calls() < other.calls();
  }

  /** Closes the connections: idle ones now, and others when their call has ended. */
  Mono<Void> dispose() {
    return Mono.defer(
        () -> {
          List<Host> all;
          synchronized (this) {
            all = List.copyOf(kept);
          }
          return Flux.fromIterable(all).flatMap(Host::dispose).then();
        });
  }
}
