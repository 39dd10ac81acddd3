package io.stanzahook.stream;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.stanzahook.net.AddressOrder;
import io.stanzahook.net.DnsNames;
import io.stanzahook.net.NamesResolverGroup;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamCondition.Cause;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.util.retry.Retry;

/**
 * A component's stream that outlives its connections (XEP-0114): connects, comes back after every
 * loss, and holds what is to be sent in between, and what came and was not asked for.
 *
 * <p>Threading: {@link #send} and {@link #close} may be called on any thread; stanzas come on the
 * current connection's event loop.
 */
public final class ComponentStream {
  /** For one address; the name may have others. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** How often to ask whether to connect: senders get errors meanwhile. */
  private static final Duration STANDBY = Duration.ofMillis(20);

  /** The longest time between two attempts where several processes may hold the stream. */
  private static final Duration MAX_IN_CLUSTER = Duration.ofSeconds(1);

  /** How often what waits is looked through for what is too old, while the stream is away. */
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final ComponentSettings settings;
  private final StreamListener listener;
  private final OutboundQueue queue;
  private final Valve valve = new Valve(this::begin, this::end);
  private final Disposable.Composite running = Disposables.composite();
  private final DnsNames names;
  private final AddressOrder order = new AddressOrder(System::nanoTime);
  private final TcpClient client;
  private final ReconnectPolicy policy =
      new ReconnectPolicy(most -> ThreadLocalRandom.current().nextLong(most + 1));

  private volatile StreamStatus status = StreamStatus.CONNECTING;
  private volatile @Nullable ComponentConnection current;
  private volatile long authenticatedAt;
  private volatile boolean everAuthenticated;
  private volatile Runnable loss = () -> {};
  private volatile Runnable back = () -> {};

  /** Null where the stream is this process's alone. */
  private volatile @Nullable BooleanSupplier mayConnect;

  /**
   * Prepares a stream; nothing is connected to before {@link #stanzas} is subscribed to. With TLS
   * this may read the JDK's trust store: not to be called on an event loop.
   *
   * @throws IllegalStateException where this JDK has no TLS
   */
  public ComponentStream(ComponentSettings settings, LoopResources loops, StreamListener listener) {
    this(settings, loops, listener, UnaryOperator.identity());
  }

  /**
   * For tests, which bring name servers of their own.
   *
   * @param names changes how names are looked up
   */
  ComponentStream(
      ComponentSettings settings,
      LoopResources loops,
      StreamListener listener,
      UnaryOperator<DnsNameResolverBuilder> names) {
    this.settings = settings;
    this.listener = listener;
    this.names = new DnsNames(loops, names);
    this.queue =
        new OutboundQueue(settings.domain(), settings.maxPending(), settings.maxPendingAge());
    TcpClient plain =
        TcpClient.newConnection()
            .runOn(loops)
            .host(settings.host())
            .port(settings.port())
            // Names are looked up again at each attempt: a server may have moved.
            .resolver(new NamesResolverGroup(this.names))
            .resolvedAddressesSelector((config, addresses) -> order.order(addresses))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout().toMillis())
            // A server that ends the stream over one stanza resets the connection under those
            // behind it: a failed write must not close it before the stream error has been read.
            .option(ChannelOption.AUTO_CLOSE, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true);
    TlsSettings tls = settings.tls();
    this.client = tls == null ? plain : secured(plain, tls.context(settings.host()));
  }

  private Duration connectTimeout() {
    Duration open = settings.openTimeout();
    return open.compareTo(CONNECT_TIMEOUT) < 0 ? open : CONNECT_TIMEOUT;
  }

  /** A connection then counts as made once its TLS handshake is done. */
  private TcpClient secured(TcpClient plain, SslContext context) {
    return plain.secure(spec -> spec.sslContext(context).handshakeTimeout(settings.openTimeout()));
  }

  /**
   * The stanzas, over all connections; reading stops while there is no demand. To be subscribed to
   * once. Completes after {@link #close}; ends with {@link ComponentRefusedException} where the
   * server refused the component before ever taking it.
   */
  public Flux<Stanza> stanzas() {
    return valve;
  }

  private void begin() {
    status(StreamStatus.CONNECTING, null);
    running.add(Flux.interval(SWEEP).onBackpressureDrop().subscribe(tick -> dropAged()));
    running.add(connections().subscribe(end -> {}, valve::fail));
  }

  private void end() {
    running.dispose();
    status(StreamStatus.ENDED, null);
    queue.dropAll();
    names.close();
  }

  /** One connection after another; their stanzas go through the valve. */
  private Mono<Void> connections() {
    return Mono.defer(this::whenAllowed)
        .then(Mono.defer(this::connectOnce))
        .retryWhen(Retry.from(ends -> ends.concatMap(end -> afterEnd(end.failure()))));
  }

  /**
   * Sends stanzas in their order, with no others between them, once subscribed to.
   *
   * @return completes when they are written to the socket; ends with {@link NotSentException} when
   *     they never will be
   */
  public Mono<Void> send(List<OutboundStanza> stanzas) {
    return queue.send(stanzas);
  }

  /**
   * The same for stanzas that may wait for the stream for another time than others.
   *
   * @param age how long, whatever is set
   */
  public Mono<Void> send(List<OutboundStanza> stanzas, Duration age) {
    return queue.send(stanzas, age);
  }

  /** Changes how many stanzas may wait to be written; those that wait already go on waiting. */
  public void maxPending(int stanzas) {
    queue.capacity(stanzas);
  }

  /** Changes how long stanzas may wait for the stream to come back. */
  public void maxPendingAge(Duration age) {
    queue.maxAge(age);
  }

  /** Sets what is called each time that a connection is lost, on its event loop. */
  public void whenLost(Runnable called) {
    loss = called;
  }

  /**
   * Sets what is called each time that the server has accepted the component, on its event loop and
   * before anything that waits is written.
   */
  public void whenBack(Runnable called) {
    back = called;
  }

  /** Where the stream stands. */
  public StreamStatus status() {
    return status;
  }

  /** Writes what waits, closes the stream and does not come back (RFC 6120, 4.4). */
  public Mono<Void> close() {
    return Mono.defer(
            () -> {
              ComponentConnection connection = current;
              return connection == null ? Mono.<Void>empty() : connection.close();
            })
        .doFinally(signal -> valve.complete());
  }

  /**
   * Sets whether to connect now; asked before each attempt, and several times a second until it
   * says yes. Where it is not to, another process holds the stream.
   */
  public void connectOnlyIf(BooleanSupplier may) {
    mayConnect = may;
  }

  /**
   * Ends the connection, if there is one, for another process to connect. What waits is not sent:
   * its sender is told, and may send it elsewhere. Goes on trying.
   */
  public void letGo() {
    ComponentConnection connection = current;
    if (connection != null) {
      connection.leave();
    }
    queue.dropWaiting();
  }

  private boolean isAllowed() {
    BooleanSupplier may = mayConnect;
    return may == null || may.getAsBoolean();
  }

  private Mono<Void> whenAllowed() {
    if (isAllowed()) {
      return Mono.empty();
    }
    status(StreamStatus.STANDBY, null);
    return Flux.interval(STANDBY)
        .filter(tick -> isAllowed())
        .next()
        .doOnNext(tick -> status(StreamStatus.CONNECTING, null))
        .then();
  }

  private Mono<Void> connectOnce() {
    return client
        .connect()
        .onErrorMap(this::notConnected)
        .flatMap(
            tcp -> {
              SocketAddress address = tcp.channel().remoteAddress();
              order.connected(address);
              ComponentConnection connection =
                  new ComponentConnection(
                      tcp, settings, queue, valve, listener, this::authenticated);
              current = connection;
              if (!isAllowed()) {
                // It went to another process while this one was connecting.
                tcp.dispose();
                return Mono.error(
                    StreamEnd.closed("another process of the cluster has taken the stream over"));
              }
              return connection
                  .run()
                  .doOnError(
                      end -> {
                        if (status != StreamStatus.CONNECTED) {
                          // It takes connections and no component: another address may.
                          order.failed(address);
                        }
                      });
            })
        .doFinally(signal -> current = null);
  }

  /** What waits while there is a stream is about to be written. */
  private void dropAged() {
    if (status != StreamStatus.CONNECTED) {
      queue.dropAged();
    }
  }

  private StreamEnd notConnected(Throwable error) {
    TlsSettings tls = settings.tls();
    return tls != null && TlsFailure.isInHandshake(error)
        ? TlsFailure.of(error, tls, settings.openTimeout())
        : StreamEnd.notConnected(
            "no connection to %s:%d: %s"
                .formatted(settings.host(), settings.port(), StreamEnd.describe(error)));
  }

  private void authenticated() {
    authenticatedAt = System.nanoTime();
    everAuthenticated = true;
    listener.connected();
    status(
        StreamStatus.CONNECTED,
        "%s:%d%s"
            .formatted(
                settings.host(), settings.port(), settings.tls() == null ? "" : " over TLS"));
    back.run();
  }

  private Mono<Long> afterEnd(Throwable failure) {
    StreamEnd end = StreamEnd.broken(failure);
    boolean wasUp = status == StreamStatus.CONNECTED;
    Duration up = wasUp ? Duration.ofNanos(System.nanoTime() - authenticatedAt) : Duration.ZERO;
    String advice = Advice.of(end);
    String explanation = advice.isEmpty() ? end.detail() : end.detail() + ". " + advice;
    listener.disconnected(end.reason(), explanation);
    loss.run();
    if (end.fault() == Cause.CONFIGURATION && !everAuthenticated) {
      return Mono.error(
          new ComponentRefusedException(
              end.reason(),
              "%s: the server at %s:%d refused the component: %s. %s"
                  .formatted(
                      settings.domain(),
                      settings.host(),
                      settings.port(),
                      end.detail(),
                      Advice.of(end))));
    }
    Duration delay = policy.next(end.fault(), up);
    if (mayConnect != null && delay.compareTo(MAX_IN_CLUSTER) > 0) {
      // The server may still hold the connection of the process that held the stream before.
      delay = MAX_IN_CLUSTER;
    }
    status(
        StreamStatus.CONNECTING,
        "%s; next attempt in %d ms%s"
            .formatted(end.detail(), delay.toMillis(), advice.isEmpty() ? "" : ". " + advice));
    return Mono.delay(delay);
  }

  private void status(StreamStatus next, @Nullable String detail) {
    status = next;
    listener.status(next, detail);
  }
}
