package io.stanzahook.app.admin;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.console.Chat;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenAttempt;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Limits;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
import io.stanzahook.app.http.Route;
import io.stanzahook.app.http.Shares;
import io.stanzahook.cluster.SlotOwner;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.metrics.GatewayMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/**
 * {@code GET /admin/events}: the state of the gateway, or of one component with {@code
 * ?component=DOMAIN}, once a second, as server-sent events. Each event is also a heartbeat. A
 * client that does not read is dropped when {@link Flux#interval} finds no demand. Without clients,
 * nothing runs.
 */
public final class EventsEndpoint implements Route.Handler {
  /** Further clients are refused. */
  static final int MAX_CLIENTS = 16;

  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Gateways gateways;
  private final RequestedComponent requested;
  private final @Nullable RecentDeliveries deliveries;
  private final PrometheusMeterRegistry registry;
  private final Limits limits;
  private final Notices notices;
  private final Readiness readiness;
  private final @Nullable Chat chat;
  private final AtomicInteger clients = new AtomicInteger();

  public EventsEndpoint(
      Gateways gateways,
      @Nullable RecentDeliveries deliveries,
      PrometheusMeterRegistry registry,
      Limits limits,
      Notices notices,
      Readiness readiness,
      @Nullable Chat chat) {
    this.notices = notices;
    this.readiness = readiness;
    this.chat = chat;
    this.gateways = gateways;
    this.requested = new RequestedComponent(gateways);
    this.deliveries = deliveries;
    this.registry = registry;
    this.limits = limits;
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    String only = RequestedComponent.named(request) == null ? null : requested.domain(request);
    if (request.is(HttpMethod.HEAD)) {
      return Mono.just(Reply.empty(200));
    }
    Shares.Place place = limits.take(Shares.Kind.PAGES, request.caller(), request.http());
    if (clients.incrementAndGet() > MAX_CLIENTS) {
      clients.decrementAndGet();
      place.giveBack();
      throw ApiException.busy("too many pages follow the events");
    }
    Client client = new Client(only, request.caller().mayChange());
    return Mono.just(
        Reply.events(
            Flux.interval(Duration.ZERO, EVERY)
                .map(tick -> client.next())
                .doFinally(
                    end -> {
                      clients.decrementAndGet();
                      place.giveBack();
                    })));
  }

  /** The state of one client. Its events come one after another. */
  private final class Client {
    private final @Nullable String only;
    private final boolean mayChange;
    private long lastAt;
    private double lastCount = -1;
    private long lastRevision;

    /**
     * A client.
     *
     * @param only the component that it asks for; null for all
     * @param mayChange whether the caller may change settings
     */
    Client(@Nullable String only, boolean mayChange) {
      this.only = only;
      this.mayChange = mayChange;
    }

    /** Read each time, because components come and go. */
    private List<String> domains() {
      return only == null ? gateways.domains() : List.of(only);
    }

    private double finished() {
      return registry
          .find("stanzahook.delivery")
          .tags(only == null ? List.of() : List.of(Tag.of(GatewayMeter.COMPONENT, only)))
          .timers()
          .stream()
          .mapToLong(Timer::count)
          .sum();
    }

    String next() {
      long now = System.nanoTime();
      double count = finished();
      double rate =
          lastCount < 0
              ? 0
              : Math.max(0, count - lastCount)
                  * TimeUnit.SECONDS.toNanos(1)
                  / Math.max(1, now - lastAt);
      lastAt = now;
      lastCount = count;
      String shown = only;
      List<SeenDelivery> seen =
          deliveries == null
              ? List.of()
              : deliveries.all().stream()
                  .filter(delivery -> shown == null || delivery.to().hasDomain(shown))
                  .toList();
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

    /** One line, with its line end. */
    private String json(double count, double rate, boolean changed, long[] calls) {
      List<Gateway> shown =
          domains().stream().map(gateways::find).filter(Objects::nonNull).toList();
      return Reply.json(
              200,
              json -> {
                json.writeObjectPropertyStart("components");
                // All components, so that the page shows when another one is not connected.
                for (String domain : gateways.domains()) {
                  json.writeStringProperty(domain, status(gateways.find(domain)));
                }
                json.writeEndObject();
                json.writeNumberProperty("rate", rate);
                json.writeNumberProperty("delivered", (long) count);
                json.writeNumberProperty("in_flight", sum(shown, Gateway::inFlight));
                json.writeNumberProperty("limit", sum(shown, Gateway::concurrencyLimit));
                json.writeNumberProperty("queued", sum(shown, Gateway::queued));
                json.writeObjectPropertyStart("latency_ms");
                json.writeNumberProperty("p50", percentile(calls, 0.5));
                json.writeNumberProperty("p99", percentile(calls, 0.99));
                json.writeEndObject();
                // With several components, a client asks for the spool of one of them.
                JournalFigures spool = shown.size() == 1 ? shown.get(0).spool() : null;
                if (spool != null) {
                  write(json, spool);
                }
                notices.write(json, only, true);
                Readiness.Cluster cluster = readiness.state().cluster();
                if (cluster != null) {
                  ClusterState.write(json, cluster);
                  writeElsewhere(json);
                }
                if (chat != null) {
                  json.writeNumberProperty("chat", chat.revision());
                }
                json.writeStringProperty("now", Instant.now().toString());
                json.writeBooleanProperty("changed", changed);
                json.writeBooleanProperty("may_change", mayChange);
              })
          .body();
    }
  }

  /** Which other nodes of the cluster hold streams of components that this node has, too. */
  private void writeElsewhere(JsonGenerator json) {
    json.writeObjectPropertyStart("held_elsewhere");
    for (String domain : gateways.domains()) {
      SlotOwner owner = gateways.owner(domain);
      if (owner != null && !owner.url().isEmpty()) {
        json.writeStringProperty(domain, owner.url());
      }
    }
    json.writeEndObject();
  }

  private static String status(@Nullable Gateway gateway) {
    return gateway == null ? "ended" : gateway.status().name().toLowerCase(Locale.ROOT);
  }

  private static int sum(List<Gateway> all, ToIntFunction<Gateway> value) {
    return all.stream().mapToInt(value).sum();
  }

  private static void write(JsonGenerator json, JournalFigures spool) {
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
