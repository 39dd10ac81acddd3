package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.admin.Reloading;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.cluster.Balance;
import io.stanzahook.cluster.SlotOwner;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.stream.ComponentRefusedException;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.WebhookEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The components of the process, by domain: they are started, watched and stopped together, and
 * otherwise know nothing of each other. One that its server refuses for good ends alone.
 *
 * <p>Threading: any thread may look at them. {@link #start} and {@link #stop} are for the main
 * thread, {@link #follow} is for another one.
 */
final class Components implements Gateways {
  /** What closing a stream may take beyond the time to drain (RFC 6120, 4.4). */
  static final Duration CLOSING = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  private final Function<GatewaySettings, Component> create;
  private final CompletableFuture<ExitCode> noneLeft = new CompletableFuture<>();
  private volatile Map<String, Component> byDomain;
  private volatile boolean stopping;
  private volatile Supplier<@Nullable Mono<Balance>> balance = () -> null;
  private volatile Function<String, @Nullable SlotOwner> owners = domain -> null;
  private volatile Mono<Void> following = Mono.empty();

  /**
   * Components that do not run yet.
   *
   * @param settings of each; no two with the same domain
   * @param create makes a component of its settings
   */
  Components(List<GatewaySettings> settings, Function<GatewaySettings, Component> create) {
    this.create = create;
    Map<String, Component> all = new LinkedHashMap<>();
    for (GatewaySettings each : settings) {
      all.put(each.component().domain(), create.apply(each));
    }
    byDomain = all;
  }

  /**
   * Starts all of them; where one cannot be started, none runs afterwards. May block.
   *
   * @throws SpoolException if a spool cannot be opened
   * @throws ConfigurationException naming a setting that the engine refuses
   */
  void start() throws ConfigurationException {
    for (Component component : byDomain.values()) {
      try {
        watch(component, component.start(component.settings()));
      } catch (IllegalArgumentException e) {
        giveUp();
        throw new ConfigurationException(
            List.of(
                byDomain.size() == 1
                    ? String.valueOf(e.getMessage())
                    : component.domain() + ": " + e.getMessage()));
      } catch (SpoolException e) {
        giveUp();
        throw e;
      }
    }
  }

  /** Stops the components that started. They do not count as ended by themselves. */
  private void giveUp() {
    stopping = true;
    stopAll(Duration.ZERO).onErrorComplete().block(CLOSING);
  }

  private void watch(Component component, Gateway gateway) {
    gateway
        .whenEnded()
        .subscribe(
            nothing -> {},
            error -> ended(component, gateway, error),
            () -> ended(component, gateway, null));
  }

  /** On whatever thread the gateway ended: what follows must not block. */
  private void ended(Component component, Gateway gateway, @Nullable Throwable cause) {
    ComponentRefusedException refusal =
        cause instanceof ComponentRefusedException known ? known : null;
    ExitCode why = refusal == null ? ExitCode.FAILED : ExitCode.REFUSED;
    if (stopping || !component.end(gateway, why)) {
      return;
    }
    String others = byDomain.size() == 1 ? "" : "; the other components continue";
    if (refusal != null) {
      log.error("{}{}", Flags.named(String.valueOf(refusal.getMessage())), others);
    } else if (cause == null) {
      log.error("{}: the gateway ended unexpectedly{}", component.domain(), others);
    } else {
      log.error("{}: the gateway failed{}", component.domain(), others, cause);
    }
    // For the spool: what was settled by now is not to be delivered again.
    component
        .stopOnce(gateway, Duration.ZERO)
        .onErrorComplete()
        .subscribe(nothing -> {}, error -> {}, this::lookWhetherAnyIsLeft);
  }

  private void lookWhetherAnyIsLeft() {
    List<ExitCode> ends = new ArrayList<>();
    for (Component component : byDomain.values()) {
      ExitCode end = component.ended();
      if (end == null) {
        return;
      }
      ends.add(end);
    }
    noneLeft.complete(ends.contains(ExitCode.REFUSED) ? ExitCode.REFUSED : ExitCode.FAILED);
  }

  /** Completes with the process's exit code once no component runs any more, unless stopped. */
  CompletableFuture<ExitCode> whenNoneIsLeft() {
    return noneLeft;
  }

  /** Whether they were asked to stop. */
  boolean isStopping() {
    return stopping;
  }

  /**
   * Makes those run that are given, as they are given, and lets all others be that are so already.
   * Blocks until it is done; one call at a time.
   *
   * @param drain how long what is in flight may take where a component ends
   * @param needRestart goes into the result
   */
  Reloading.Result follow(List<GatewaySettings> next, Duration drain, List<String> needRestart) {
    Sinks.Empty<Void> done = Sinks.empty();
    following = done.asMono();
    try {
      ReloadPlan plan = new ReloadPlan(byDomain, next, create, drain, this::watch, () -> stopping);
      byDomain = plan.components();
      return plan.run(needRestart);
    } finally {
      done.tryEmitEmpty();
      lookWhetherAnyIsLeft();
    }
  }

  /** Sets what asks the edges of the cluster to share the streams; null if it cannot. */
  void balanceWith(Supplier<@Nullable Mono<Balance>> asks) {
    balance = asks;
  }

  /** Sets what knows which other node of the cluster holds the stream of a domain. */
  void ownersFrom(Function<String, @Nullable SlotOwner> knows) {
    owners = knows;
  }

  @Override
  public @Nullable SlotOwner owner(String domain) {
    return owners.apply(domain);
  }

  @Override
  public @Nullable Mono<Balance> balanceEdges() {
    return balance.get();
  }

  @Override
  public List<String> domains() {
    return List.copyOf(byDomain.keySet());
  }

  @Override
  public @Nullable Gateway find(String domain) {
    Component component = byDomain.get(domain);
    return component == null ? null : component.gateway();
  }

  /** Where each stream stands. */
  Map<String, StreamStatus> statuses() {
    Map<String, StreamStatus> statuses = new LinkedHashMap<>();
    byDomain.forEach((domain, component) -> statuses.put(domain, component.status()));
    return statuses;
  }

  /** Of each that runs, where the breaker of each endpoint stands. */
  Map<String, Map<String, BreakerState>> breakerStates() {
    Map<String, Map<String, BreakerState>> all = new LinkedHashMap<>();
    for (String domain : domains()) {
      Gateway gateway = find(domain);
      Map<String, BreakerState> states = new LinkedHashMap<>();
      for (WebhookEndpoint each :
          gateway == null ? List.<WebhookEndpoint>of() : gateway.endpoints()) {
        states.put(each.name(), each.breakerState());
      }
      if (!states.isEmpty()) {
        all.put(domain, states);
      }
    }
    return all;
  }

  /** Of each that is in rooms by itself, where it stands with each of them. */
  Map<String, Map<String, RoomState>> rooms() {
    Map<String, Map<String, RoomState>> all = new LinkedHashMap<>();
    for (String domain : domains()) {
      Gateway gateway = find(domain);
      Map<String, RoomState> rooms = gateway == null ? Map.of() : gateway.ownRooms();
      if (!rooms.isEmpty()) {
        all.put(domain, rooms);
      }
    }
    return all;
  }

  /** Webhook calls in flight, of all of them. */
  int inFlight() {
    return sum(Gateway::inFlight);
  }

  /** Stanzas that wait, of all of them. */
  int queued() {
    return sum(Gateway::queued);
  }

  private int sum(Function<Gateway, Integer> value) {
    return domains().stream()
        .map(this::find)
        .mapToInt(gateway -> gateway == null ? 0 : value.apply(gateway))
        .sum();
  }

  /**
   * Stops all of them, at the same time and once subscribed to.
   *
   * @param drain how long what is in flight and what waits may take
   * @return ends with an error where one did not end in order, after all have ended
   */
  Mono<Void> stop(Duration drain) {
    return Mono.defer(
        () -> {
          stopping = true;
          // Those that a reload stops or starts meanwhile are waited for too.
          return Mono.whenDelayError(
              stopAll(drain), following.then(Mono.defer(() -> stopAll(drain))));
        });
  }

  private Mono<Void> stopAll(Duration drain) {
    return Flux.fromIterable(byDomain.values())
        .map(component -> component.drain(drain))
        .collectList()
        .flatMap(Mono::whenDelayError);
  }
}
