package io.stanzahook.webhook;

import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.NoopAddressResolverGroup;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.net.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * One of the addresses of a webhook or of its proxy, with the connections to it. If it accepts no
 * connection, it is not used for a while, and then one call tries it.
 *
 * <p>Any thread may call it.
 */
final class Host {
  private static final Logger log = LoggerFactory.getLogger(Host.class);

  /** How long it is not used the first time. Each time after that it is twice as long. */
  static final Duration FIRST_REST = Duration.ofSeconds(10);

  /** The longest time for which it is not used. */
  static final Duration MAX_REST = Duration.ofSeconds(80);

  /** A connection is closed when it is idle for this long. Most servers wait 60 or 75 seconds. */
  private static final Duration MAX_IDLE = Duration.ofSeconds(50);

  /** The maximum number of flushes that are held back. */
  private static final int FLUSHES_AT_ONCE = 64;

  /** Idle connections are looked for once in each of this many parts of their lifetime. */
  private static final int LIFETIME_PARTS = 16;

  private static final Duration MIN_EVICTION = Duration.ofMillis(50);

  /** In place of a time: the address accepts connections. */
  private static final long WELL = Long.MIN_VALUE;

  private final InetAddress address;
  private final String shown;
  private final Silence silence = new Silence(System::nanoTime);
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong restsUntil = new AtomicLong(WELL);
  private final AtomicInteger failures = new AtomicInteger();
  private final ConnectionProvider connections;
  private final long lifetimeMillis;
  private final HttpClient http;
  private final HttpClient.RequestSender sender;
  private final WebhookClient client;
  private final @Nullable Flux<WebhookResult> constantExchange;
  private volatile long usedAt;

  /**
   * Connects to nothing yet.
   *
   * @param address with the name that was looked up
   * @param several whether the name has other addresses too
   */
  Host(
      WebhookClient client,
      UrlTemplate url,
      WebhookSettings settings,
      @Nullable SslContext tls,
      InetAddress address,
      boolean several) {
    this.client = client;
    this.address = address;
    this.lifetimeMillis = settings.connecting().lifetime().toMillis();
    Proxy proxy = settings.connecting().proxy(url);
    this.shown =
        "%s of %s".formatted(address.getHostAddress(), proxy == null ? url : "the proxy " + proxy);
    this.connections =
        ConnectionProvider.builder("stanzahook-webhook")
            .maxConnections(settings.maxConnections())
            // OpenCalls limits them, and its deadlines include the wait, so they need no timers.
            .pendingAcquireMaxCount(-1)
            .pendingAcquireTimer((task, delay) -> Disposables.disposed())
            .evictionPredicate(this::isNotUsedAgain)
            .evictInBackground(evictionInterval())
            .lifo()
            .metrics(true)
            .build();
    this.http = http(url, settings, tls, proxy, several);
    this.sender = http.post();
    String path = url.constantPath();
    this.constantExchange = path == null ? null : exchange(path);
  }

  private Duration evictionInterval() {
    if (lifetimeMillis == 0) {
      return MAX_IDLE;
    }
    Duration part = Duration.ofMillis(lifetimeMillis / LIFETIME_PARTS);
    part = part.compareTo(MIN_EVICTION) < 0 ? MIN_EVICTION : part;
    return part.compareTo(MAX_IDLE) < 0 ? part : MAX_IDLE;
  }

  private HttpClient http(
      UrlTemplate url,
      WebhookSettings settings,
      @Nullable SslContext tls,
      @Nullable Proxy proxy,
      boolean several) {
    InetSocketAddress direct =
        new InetSocketAddress(address, proxy == null ? url.port() : proxy.port());
    InetSocketAddress target =
        proxy == null ? direct : InetSocketAddress.createUnresolved(url.host(), url.port());
    long timeout = settings.timeout().toMillis();
    HttpClient http =
        HttpClient.create(connections)
            .runOn(client.loops())
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .remoteAddress(() -> target)
            // Otherwise the client sends again what it believes to be unsent.
            .disableRetry(true)
            .followRedirect(false)
            .compress(false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectMillis(settings, several))
            .headers(headers -> RequestHeaders.write(settings, url.hostHeader(), headers))
            .doOnChannelInit(
                (observer, channel, remote) -> {
                  ChannelPipeline pipeline = channel.pipeline();
                  ResponseDecoding.install(pipeline);
                  // The client flushes several times for a request. This makes it one write.
                  pipeline.addFirst(new FlushConsolidationHandler(FLUSHES_AT_ONCE, true));
                  if (proxy != null) {
                    pipeline.addFirst(proxy.handler(direct, timeout));
                  }
                })
            .doAfterRequest((request, connection) -> WebhookClient.sent(request));
    return tls == null ? http.noSSL() : http.secure(spec -> spec.sslContext(tls));
  }

  /** If there are several, the next one must also be reached within an attempt's time. */
  private static long connectMillis(WebhookSettings settings, boolean several) {
    long attempt = settings.timeout().toMillis();
    long most = several ? Math.max(1, 2 * attempt / 5) : attempt;
    return Math.min(settings.connecting().connectTimeout().toMillis(), most);
  }

  private boolean isNotUsedAgain(Connection connection, ConnectionProvider.ConnectionMetadata use) {
    long idle = use.idleTime();
    return !connection.channel().isActive()
        || idle >= MAX_IDLE.toMillis()
        || silence.covers(idle)
        || isOld(connection, use.lifeTime());
  }

  /** After twelve to fifteen of sixteen parts. Idle connections are closed one part later. */
  private boolean isOld(Connection connection, long age) {
    if (lifetimeMillis == 0 || age < lifetimeMillis - lifetimeMillis / 4) {
      return false;
    }
    // The same each time. Otherwise connections that are checked often would end sooner.
    long part = Math.floorMod(connection.channel().id().hashCode() * 0x9E3779B9, 1 << 10);
    return age >= lifetimeMillis - lifetimeMillis / 4 + lifetimeMillis * 3 * part / (16 << 10);
  }

  InetAddress address() {
    return address;
  }

  /** For other requests than calls. */
  HttpClient http() {
    return http;
  }

  Flux<WebhookResult> exchange(String path) {
    return sender
        .uri(path)
        .send(client::send)
        .responseConnection(
            (response, connection) ->
                WebhookClient.call(response.currentContextView()).receive(response, connection));
  }

  /** The exchange if the path is the same for all stanzas; null if it is not. */
  @Nullable Flux<WebhookResult> constantExchange() {
    return constantExchange;
  }

  /** A call begins, which {@link #end} ends. */
  void begin(long now) {
    usedAt = now;
    calls.incrementAndGet();
  }

  void end() {
    calls.decrementAndGet();
  }

  int calls() {
    return calls.get();
  }

  /** When the last call began, by the clock. */
  long usedAt() {
    return usedAt;
  }

  Silence silence() {
    return silence;
  }

  /** Whether it is not used for now. */
  boolean rests() {
    return restsUntil.get() != WELL;
  }

  /** About when it failed last, to compare it with others. */
  long restsUntil() {
    return restsUntil.get();
  }

  /** Whether it has rested long enough and nobody else tries it. If so, the caller does. */
  boolean triesAgain(long now) {
    long until = restsUntil.get();
    return until != WELL
        && now - until >= 0
        && restsUntil.compareAndSet(until, now + rest().toNanos());
  }

  private Duration rest() {
    Duration rest = FIRST_REST;
    for (int i = 1; i < failures.get() && rest.compareTo(MAX_REST) < 0; i++) {
      rest = rest.multipliedBy(2);
    }
    return rest;
  }

  /** There is a connection to it. */
  void connected() {
    if (restsUntil.get() != WELL && restsUntil.getAndSet(WELL) != WELL) {
      failures.set(0);
      log.info("{} takes connections again", shown);
    }
  }

  /**
   * It accepted no connection, or did not answer.
   *
   * @param why for the log; null if the log says it elsewhere
   */
  void failed(long now, @Nullable String why) {
    failures.incrementAndGet();
    boolean first = restsUntil.getAndSet(now + rest().toNanos()) == WELL;
    if (first && why != null) {
      log.warn(
          "{} takes no connection ({}); other addresses of the name are used, and this one is tried"
              + " again in {} s",
          shown,
          why,
          rest().toSeconds());
    }
  }

  /** Closes its connections: idle ones now, and others when their call has ended. */
  Mono<Void> dispose() {
    return connections.disposeLater();
  }
}
