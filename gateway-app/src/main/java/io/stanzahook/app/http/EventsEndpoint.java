package io.stanzahook.app.http;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenAttempt;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.spool.SpoolFigures;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.core.JsonGenerator;

/**
 * {@code GET /admin/events}: how the gateway stands, once a second, as server-sent events. Each is
 * a heartbeat too. A client that does not read is dropped once {@link Flux#interval} finds no
 * demand. While there is no client nothing is done.
 */
final class EventsEndpoint implements Endpoint {
  /** Clients at most; further ones are refused. */
  static final int MAX_CLIENTS = 8;

  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Supplier<@Nullable Gateway> running;
  private final @Nullable RecentDeliveries deliveries;
  private final PrometheusMeterRegistry registry;
  private final AtomicInteger clients = new AtomicInteger();

  EventsEndpoint(
      Supplier<@Nullable Gateway> running,
      @Nullable RecentDeliveries deliveries,
      PrometheusMeterRegistry registry) {
    this.running = running;
    this.deliveries = deliveries;
    this.registry = registry;
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/admin/events");
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET);
  }

  @Override
  public boolean isOpen() {
    return false;
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    Gateway gateway = running.get();
    if (gateway == null) {
      return Mono.just(Reply.error(503, "the gateway is still starting"));
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      return Mono.just(Reply.empty(200));
    }
    if (clients.incrementAndGet() > MAX_CLIENTS) {
      clients.decrementAndGet();
      return Mono.just(Reply.error(503, "too many look at once").retryAfter(EVERY));
    }
    Client client = new Client(gateway);
    return Mono.just(
        Reply.events(
            Flux.interval(Duration.ZERO, EVERY)
                .map(tick -> client.next())
                .doFinally(end -> clients.decrementAndGet())));
  }

  /** What one client has seen. Its events come one after another. */
  private final class Client {
    private final Gateway gateway;
    private long lastAt;
    private double lastCount = -1;
    private long lastRevision;

    Client(Gateway gateway) {
      this.gateway = gateway;
    }

    String next() {
      long now = System.nanoTime();
      double count =
          registry.find("stanzahook.delivery").timers().stream().mapToLong(Timer::count).sum();
      double rate =
          lastCount < 0
              ? 0
              : (count - lastCount) * TimeUnit.SECONDS.toNanos(1) / Math.max(1, now - lastAt);
      lastAt = now;
      lastCount = count;
      List<SeenDelivery> seen = deliveries == null ? List.of() : deliveries.all();
      long revision = deliveries == null ? 0 : deliveries.revision();
      boolean changed = revision > lastRevision;
      lastRevision = revision;
      long[] calls =
          seen.stream()
              .flatMap(delivery -> delivery.attempts().stream())
              .mapToLong(SeenAttempt::nanos)
              .sorted()
              .toArray();
      return "data: " + json(count, rate, changed, calls) + "\n";
    }

    /** One line with its end. */
    private String json(double count, double rate, boolean changed, long[] calls) {
      return Reply.json(
              200,
              json -> {
                json.writeObjectPropertyStart("components");
                json.writeStringProperty(
                    gateway.settings().component().domain(),
                    gateway.status().name().toLowerCase(Locale.ROOT));
                json.writeEndObject();
                json.writeNumberProperty("rate", rate);
                json.writeNumberProperty("delivered", (long) count);
                json.writeNumberProperty("in_flight", gateway.inFlight());
                json.writeNumberProperty("limit", gateway.concurrencyLimit());
                json.writeNumberProperty("queued", gateway.queued());
                json.writeObjectPropertyStart("latency_ms");
                json.writeNumberProperty("p50", percentile(calls, 0.5));
                json.writeNumberProperty("p99", percentile(calls, 0.99));
                json.writeEndObject();
                SpoolFigures spool = gateway.spool();
                if (spool != null) {
                  write(json, spool);
                }
                json.writeBooleanProperty("changed", changed);
              })
          .body();
    }
  }

  private static void write(JsonGenerator json, SpoolFigures spool) {
    long oldest = spool.oldestReceivedAt();
    json.writeObjectPropertyStart("spool");
    json.writeNumberProperty("depth", spool.depth());
    json.writeNumberProperty(
        "oldest_ms", oldest == 0 ? 0 : Math.max(0, System.currentTimeMillis() - oldest));
    json.writeNumberProperty("bytes", spool.bytes());
    json.writeNumberProperty("dead_letters", spool.deadLetters());
    json.writeBooleanProperty("full", spool.full());
    json.writeEndObject();
  }

  private static double percentile(long[] sorted, double share) {
    return sorted.length == 0
        ? 0
        : TimeUnit.NANOSECONDS.toMicros(sorted[(int) Math.ceil(share * sorted.length) - 1])
            / 1000.0;
  }
}
