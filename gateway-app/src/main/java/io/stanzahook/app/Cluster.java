package io.stanzahook.app;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stanzahook.ComponentGateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.app.nodes.NodeProxy;
import io.stanzahook.cluster.Balance;
import io.stanzahook.cluster.ClusterException;
import io.stanzahook.cluster.ClusterFigures;
import io.stanzahook.cluster.ClusterNode;
import io.stanzahook.cluster.ClusterSettings;
import io.stanzahook.cluster.SlotOwner;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The process's part of a cluster, if it is in one.
 *
 * <p>Threading: any thread may look at it; opening, starting and closing are for the main thread.
 */
final class Cluster implements AutoCloseable {
  private static final ClusterFigures NONE = new ClusterFigures(0, 0, 0, 0, 0, false);

  private final @Nullable ClusterSettings settings;
  private final Duration retryFor;
  private final int maxStanza;
  private volatile @Nullable ClusterNode node;

  Cluster(AppSettings app) {
    settings = app.cluster();
    retryFor = retryFor(app.gateways());
    maxStanza = maxStanza(app.gateways());
  }

  /** The longest time in which a component tries messages. */
  static Duration retryFor(List<GatewaySettings> gateways) {
    return gateways.stream()
        .map(each -> each.dispatch().retry().retryFor())
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** The largest stanza of a component, in bytes. */
  static int maxStanza(List<GatewaySettings> gateways) {
    return gateways.stream()
        .mapToInt(each -> each.component().limits().maxStanza())
        .max()
        .orElse(0);
  }

  /** Starts gateways as parts of the cluster; without one, as they are started otherwise. */
  GatewayStarter starter(GatewayStarter alone) {
    return settings == null
        ? alone
        : (gateway, loops, deliveries, streams) ->
            ComponentGateway.start(gateway, loops, deliveries, streams, node);
  }

  /**
   * Waits for the brokers. At once where there is no cluster.
   *
   * @param stopped whether to wait no longer
   * @return whether the components may start
   * @throws ConfigurationException with what is wrong with the topics
   */
  boolean open(BooleanSupplier stopped) throws ConfigurationException {
    if (settings == null) {
      return true;
    }
    try {
      node = ClusterNode.open(settings, retryFor, maxStanza, stopped);
      return node != null;
    } catch (ClusterException e) {
      throw new ConfigurationException(e.problems().stream().map(Flags::named).toList());
    }
  }

  /** Takes messages and streams: once the components have started. */
  void start() {
    ClusterNode open = node;
    if (open != null) {
      open.start();
    }
  }

  /** The components are about to stop. */
  void stopping() {
    ClusterNode open = node;
    if (open != null) {
      open.stopping();
    }
  }

  /** What this process has; null before it is open, and without a cluster. */
  @Nullable ClusterNode node() {
    return node;
  }

  /** Says where other nodes reach this one: before the start. */
  void advertise(String url) {
    ClusterNode open = node;
    if (open != null) {
      open.advertise(url);
    }
  }

  /** The other node that holds a component's stream; null if none is known. */
  @Nullable SlotOwner owner(String domain) {
    ClusterNode open = node;
    return open == null ? null : open.owner(domain);
  }

  /** Asks the edges to share the streams; null if this process is not one. */
  @Nullable Mono<Balance> balance() {
    ClusterNode open = node;
    return open == null ? null : open.balance();
  }

  /** How it stands; null without a cluster. */
  @Nullable ClusterFigures figures() {
    if (settings == null) {
      return null;
    }
    ClusterNode open = node;
    return open == null ? NONE : open.figures();
  }

  /** Registers its meters. */
  void bind(MeterRegistry registry) {
    ClusterNode open = node;
    if (open == null) {
      return;
    }
    Timer appended =
        Timer.builder("stanzahook.cluster.append")
            .description("Time until a record is replicated by the brokers.")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofSeconds(30))
            .register(registry);
    open.whenAppended(nanos -> appended.record(nanos, TimeUnit.NANOSECONDS));
    open.bindClients(registry);
    NodeProxy.bind(registry);
    gauge(
        registry,
        "stanzahook.cluster.lag.records",
        "Messages in the partitions of this process that are not finished.",
        ClusterFigures::lag);
    gauge(
        registry,
        "stanzahook.cluster.slots.owned",
        "Slots of streams that this process owns.",
        ClusterFigures::slotsOwned);
    gauge(
        registry,
        "stanzahook.cluster.slots.unowned",
        "Slots of streams that no process owns, as this one saw last.",
        ClusterFigures::slotsUnowned);
    FunctionCounter.builder("stanzahook.cluster.late", open, each -> each.figures().late())
        .description(
            "Messages that were appended by a process that was perhaps not the owner of the "
                + "stream any more: they may stand behind younger ones.")
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, String help, ToDoubleFunction<ClusterFigures> value) {
    Gauge.builder(
            name,
            () -> {
              ClusterFigures now = figures();
              return value.applyAsDouble(now == null ? NONE : now);
            })
        .description(help)
        .register(registry);
  }

  @Override
  public void close() {
    ClusterNode open = node;
    node = null;
    if (open != null) {
      open.close();
    }
  }
}
