package io.stanzahook.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/**
 * Names as this machine knows them: by its file of hosts, then by DNS, addresses of IPv4 and IPv6
 * alike. Nothing is kept: each look-up is a new one.
 *
 * <p>Any thread may call; results come on an event loop, or on one of Reactor's elastic threads.
 */
public final class DnsNames implements Names, AutoCloseable {
  /** How long addresses of one family wait for the other's (RFC 8305, 3, is less patient). */
  static final Duration GRACE = Duration.ofMillis(200);

  private final HostsFile hosts;
  private final DnsNameResolver four;
  private final @Nullable DnsNameResolver six;

  /**
   * As this machine is set up.
   *
   * @param loops the event loops to use; not disposed of here
   */
  public DnsNames(LoopResources loops) {
    this(loops, UnaryOperator.identity(), HostsFile.ofMachine());
  }

  /**
   * With other name servers.
   *
   * @param names changes how DNS is asked
   */
  public DnsNames(LoopResources loops, UnaryOperator<DnsNameResolverBuilder> names) {
    this(loops, names, HostsFile.ofMachine());
  }

  DnsNames(LoopResources loops, UnaryOperator<DnsNameResolverBuilder> names, HostsFile hosts) {
    this.hosts = hosts;
    this.four = resolver(loops, names, ResolvedAddressTypes.IPV4_ONLY);
    this.six =
        NetUtil.isIpV4StackPreferred()
            ? null
            : resolver(loops, names, ResolvedAddressTypes.IPV6_ONLY);
  }

  private static DnsNameResolver resolver(
      LoopResources loops,
      UnaryOperator<DnsNameResolverBuilder> names,
      ResolvedAddressTypes family) {
    EventLoopGroup group = loops.onClient(LoopResources.DEFAULT_NATIVE);
    return names
        .apply(
            new DnsNameResolverBuilder(group.next())
                .datagramChannelType(loops.onChannelClass(DatagramChannel.class, group))
                .socketChannelType(loops.onChannelClass(SocketChannel.class, group))
                .resolveCache(NoopDnsCache.INSTANCE)
                // The file of hosts is looked at here: the resolver's own reads it once.
                .hostsFileEntriesResolver((host, types) -> null))
        .resolvedAddressTypes(family)
        .build();
  }

  @Override
  public Mono<List<InetAddress>> of(String host) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      return Mono.fromCallable(() -> List.of(InetAddress.getByAddress(host, literal)));
    }
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return Mono.fromCallable(() -> ofMachine(name))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(found -> found.isEmpty() ? dns(host) : Mono.just(found))
        .map(found -> named(host, found));
  }

  private List<InetAddress> ofMachine(String name) throws UnknownHostException {
    List<InetAddress> found = hosts.find(name);
    String lower = name.toLowerCase(Locale.ROOT);
    if (found.isEmpty() && (lower.equals("localhost") || lower.endsWith(".localhost"))) {
      // RFC 6761, 6.3: name servers are not asked.
      found = new ArrayList<>(List.of(NetUtil.LOCALHOST4));
      if (!NetUtil.isIpV4StackPreferred()) {
        found.add(NetUtil.LOCALHOST6);
      }
    }
    return found;
  }

  private Mono<List<InetAddress>> dns(String host) {
    Mono<Answer> ofFour = ask(four, host);
    if (six == null) {
      return ofFour.flatMap(answer -> joined(host, answer, Answer.NONE));
    }
    Mono<Answer> ofSix = ask(six, host);
    // Some name servers say nothing to questions of a family that they do not know.
    return Mono.zip(
            Mono.firstWithValue(ofFour, patient(ofSix)),
            Mono.firstWithValue(ofSix, patient(ofFour)))
        .flatMap(both -> joined(host, both.getT1(), both.getT2()));
  }

  /** Stands for an answer that does not come, where the other family's is there. */
  private static Mono<Answer> patient(Mono<Answer> other) {
    return other
        .filter(answer -> !answer.addresses().isEmpty())
        .delayElement(GRACE)
        .map(there -> Answer.NONE);
  }

  private static Mono<List<InetAddress>> joined(String host, Answer first, Answer second) {
    List<InetAddress> all = new ArrayList<>(first.addresses());
    all.addAll(second.addresses());
    if (!all.isEmpty()) {
      return Mono.just(all);
    }
    Throwable why = first.failure();
    UnknownHostException unknown =
        new UnknownHostException(why == null ? host + " has no address" : why.getMessage());
    return Mono.error(why == null ? unknown : unknown.initCause(why));
  }

  /** What DNS says of one family of addresses. */
  private record Answer(List<InetAddress> addresses, @Nullable Throwable failure) {
    private static final Answer NONE = new Answer(List.of(), null);
  }

  private static Mono<Answer> ask(DnsNameResolver resolver, String host) {
    return Mono.<Answer>create(
            sink -> {
              Future<List<InetAddress>> answer = resolver.resolveAll(host);
              answer.addListener(
                  done ->
                      sink.success(
                          answer.isSuccess()
                              ? new Answer(answer.getNow(), null)
                              : new Answer(List.of(), answer.cause())));
            })
        .cache();
  }

  /** Each once, and all by the name that was asked for. */
  private static List<InetAddress> named(String host, List<InetAddress> found) {
    Set<InetAddress> named = new LinkedHashSet<>();
    for (InetAddress address : found) {
      try {
        named.add(InetAddress.getByAddress(host, address.getAddress()));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address has its length", e);
      }
    }
    return List.copyOf(named);
  }

  /** Asks no more. */
  @Override
  public void close() {
    four.close();
    if (six != null) {
      six.close();
    }
  }
}
