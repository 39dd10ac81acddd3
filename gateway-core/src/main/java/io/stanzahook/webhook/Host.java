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
 * One of the addresses that a webhook's connections lead to, with those connections: the webhook's
 * own, or its proxy's. One that takes no connection is left alone for a while, and then tried by
 * one call.
 *
 * <p>Any thread may call.
 */
final class Host {
  private static final Logger log = LoggerFactory.getLogger(Host.class);

  /** How long it is left alone at first; twice as long each time, */
  static final Duration FIRST_REST = Duration.ofSeconds(10);

  /** up to this. */
  static final Duration MAX_REST = Duration.ofSeconds(80);

  /** A connection unused for this long is closed: most servers do it after 60 or 75 seconds. */
  private static final Duration MAX_IDLE = Duration.ofSeconds(50);

  /** Flushes held back at most. */
  private static final int FLUSHES_AT_ONCE = 64;

  /** In so many parts of its lifetime, what is idle is looked for once. */
  private static final int LIFETIME_PARTS = 16;

  private static final Duration MIN_EVICTION = Duration.ofMillis(50);

  /** Stands for an address that takes connections. */
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
            // Bounded by OpenCalls, whose deadlines hold for the wait too: no timer for each.
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
            // The client would send again, without asking, what it takes for unsent.
            .disableRetry(true)
            .followRedirect(false)
            .compress(false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectMillis(settings, several))
            .headers(headers -> RequestHeaders.write(settings, url.hostHeader(), headers))
            .doOnChannelInit(
                (observer, channel, remote) -> {
                  ChannelPipeline pipeline = channel.pipeline();
                  ResponseDecoding.install(pipeline);
                  // One socket write for the several flushes the client makes of a request.
                  pipeline.addFirst(new FlushConsolidationHandler(FLUSHES_AT_ONCE, true));
                  if (proxy != null) {
                    pipeline.addFirst(proxy.handler(direct, timeout));
                  }
                })
            .doAfterRequest((request, connection) -> WebhookClient.sent(request));
    return tls == null ? http.noSSL() : http.secure(spec -> spec.sslContext(tls));
  }

  /** Of several, the next one has to be reached within an attempt's time too. */
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

  /** After between twelve and fifteen of sixteen parts: what is idle is closed one part later. */
  private boolean isOld(Connection connection, long age) {
    if (lifetimeMillis == 0 || age < lifetimeMillis - lifetimeMillis / 4) {
      return false;
    }
    // The same each time: otherwise those that are looked at often would end sooner.
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

  /** The exchange where the path is the same for all stanzas; null where it is not. */
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

  /** When a call began last, by the clock. */
  long usedAt() {
    return usedAt;
  }

  Silence silence() {
    return silence;
  }

  /** Whether it is left alone. */
  boolean rests() {
    return restsUntil.get() != WELL;
  }

  /** When it failed last, more or less: to tell which of two failed earlier. */
  long restsUntil() {
    return restsUntil.get();
  }

  /** Whether it has rested long enough, and nobody else tries it: then the caller does. */
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
   * It takes no connection, or says nothing.
   *
   * @param why for the log; null where that is said elsewhere
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

  /** Closes its connections: idle ones now, others once their call ended. */
  Mono<Void> dispose() {
    return connections.disposeLater();
  }
}
