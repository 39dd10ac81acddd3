package io.stanzahook.app;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.RunOptions;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.http.Administration;
import io.stanzahook.app.http.HttpService;
import io.stanzahook.app.http.ListenException;
import io.stanzahook.app.http.Readiness;
import io.stanzahook.app.logging.DeliveryLog;
import io.stanzahook.app.logging.Logging;
import io.stanzahook.app.logging.StreamLog;
import io.stanzahook.component.ComponentRefusedException;
import io.stanzahook.component.StreamStatus;
import io.stanzahook.dispatch.DeliveryListener;
import io.stanzahook.metrics.DeliveryObservations;
import io.stanzahook.metrics.GatewayGauges;
import io.stanzahook.metrics.GatewayMetrics;
import io.stanzahook.spool.SpoolException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** {@code run}: the gateway, until it is asked to end or the server refuses it. */
final class RunCommand implements Command {
  /** What closing the stream may take beyond {@code --drain-timeout} (RFC 6120, 4.4). */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  private final GatewayStarter gateways;
  private final Function<PrintStream, CompletableFuture<String>> signals;

  RunCommand() {
    this(ComponentGateway::start, StopSignals::install);
  }

  /**
   * A command whose surroundings are handed in.
   *
   * @param signals given stderr, a future that completes with the name of a signal to stop
   */
  RunCommand(GatewayStarter gateways, Function<PrintStream, CompletableFuture<String>> signals) {
    this.gateways = gateways;
    this.signals = signals;
  }

  @Override
  public String name() {
    return "run";
  }

  @Override
  public String summary() {
    return "Runs the gateway between an XMPP server and a webhook.";
  }

  @Override
  public List<Option<?>> options() {
    return RunOptions.ALL;
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    AppSettings settings = invocation.settings();
    CompletableFuture<String> stop = signals.apply(invocation.console().err());
    Logging.start(settings.logFormat());
    try (Surroundings surroundings = Surroundings.create(settings, invocation.version())) {
      return run(settings, surroundings, stop, invocation.version());
    } catch (StartException | ListenException | SpoolException e) {
      // Not bad configuration: the same may work in a moment, once another process lets go of it.
      log.error("cannot start: {}", e.getMessage());
      return ExitCode.FAILED;
    }
  }

  private ExitCode run(
      AppSettings settings,
      Surroundings surroundings,
      CompletableFuture<String> stop,
      String version)
      throws ConfigurationException, ListenException {
    GatewaySettings gatewaySettings = settings.gateway();
    String domain = gatewaySettings.component().domain();
    GatewayMetrics meters =
        new GatewayMetrics(
            surroundings.metrics().registry(), domain, surroundings.metrics().traces());
    AtomicReference<Gateway> running = new AtomicReference<>();
    Readiness readiness =
        () -> {
          Gateway gateway = running.get();
          StreamStatus now = gateway == null ? StreamStatus.CONNECTING : gateway.status();
          return new Readiness.State(stop.isDone(), Map.of(domain, now));
        };
    // Without credentials nobody could look at it.
    RecentDeliveries recent =
        settings.apiCredentials() == null || settings.deliveryLog() == 0
            ? null
            : new RecentDeliveries(settings.deliveryLog(), settings.deliveryLogBodies());
    // Listens before it connects: a port in use is noticed before the server sees a component.
    try (HttpService http =
        HttpService.start(
            settings.httpListen(),
            surroundings.metrics().registry(),
            readiness,
            new Administration(
                settings.apiCredentials(),
                settings.apiRate(),
                settings.hooks(),
                running::get,
                recent),
            surroundings.httpLoops())) {
      log.info(
          "stanzahook {}: component {} at {}:{}{}, transport {}, metrics and health at http://{}",
          version,
          domain,
          gatewaySettings.component().host(),
          gatewaySettings.component().port(),
          gatewaySettings.component().tls() == null ? "" : " over TLS",
          surroundings.loops().transport().label(),
          http.address());
      Gateway gateway = start(gatewaySettings, surroundings, meters, recent);
      running.set(gateway);
      bind(meters, gateway);
      return untilEnd(gateway, settings.drainTimeout(), stop);
    }
  }

  private Gateway start(
      GatewaySettings settings,
      Surroundings surroundings,
      GatewayMetrics meters,
      @Nullable RecentDeliveries recent)
      throws ConfigurationException {
    String domain = settings.component().domain();
    try {
      return gateways.start(
          settings,
          surroundings.loops(),
          recent == null
              ? deliveries(settings, surroundings, meters)
              : new Listeners.Deliveries(deliveries(settings, surroundings, meters), recent),
          new Listeners.Streams(meters, new StreamLog(domain)));
    } catch (IllegalArgumentException e) {
      // A setting that the engine itself refuses; its message names it.
      throw new ConfigurationException(List.of(String.valueOf(e.getMessage())));
    }
  }

  private static DeliveryListener deliveries(
      GatewaySettings settings, Surroundings surroundings, GatewayMetrics meters) {
    String domain = settings.component().domain();
    DeliveryListener usual =
        new Listeners.Deliveries(meters, new DeliveryLog(domain, settings.webhook().tracing()));
    OtlpSpans spans = surroundings.spans();
    return spans == null
        ? usual
        : new Listeners.Deliveries(
            usual,
            new DeliveryObservations(spans.registry(), settings.webhook().tracing(), domain));
  }

  private static void bind(GatewayMetrics meters, Gateway gateway) {
    meters.bind(
        new GatewayGauges(
            gateway::inFlight,
            gateway::concurrencyLimit,
            () -> gateway.breakerState().level(),
            gateway::queued,
            gateway::oldestQueuedNanos));
    if (gateway.spool() != null) {
      meters.bindSpool(() -> Objects.requireNonNull(gateway.spool()));
    }
  }

  /** Waits for a signal or for the gateway's own end, whichever comes first. */
  private static ExitCode untilEnd(
      Gateway gateway, Duration drain, CompletableFuture<String> stop) {
    CompletableFuture<Void> ended = gateway.whenEnded().toFuture();
    Mono.firstWithSignal(
            Mono.fromFuture(stop, true).then(), Mono.fromFuture(ended, true).onErrorComplete())
        .block();
    if (stop.isDone()) {
      return drain(gateway, drain, stop.join());
    }
    try {
      ended.join();
      log.error("the gateway ended by itself, which it should not");
      return ExitCode.FAILED;
    } catch (CompletionException e) {
      return failed(gateway, e.getCause());
    }
  }

  private static ExitCode failed(Gateway gateway, @Nullable Throwable cause) {
    ExitCode exit = ExitCode.FAILED;
    if (cause instanceof ComponentRefusedException refused) {
      log.error("{}", refused.getMessage());
      exit = ExitCode.REFUSED;
    } else {
      log.error("the gateway failed", cause);
    }
    // For the spool: what was settled by now is not to be delivered again.
    gateway.stop(Duration.ZERO).onErrorComplete().block(CLOSING);
    return exit;
  }

  private static ExitCode drain(Gateway gateway, Duration drain, String signal) {
    log.info(
        "{}: taking no more stanzas; {} calls in flight and {} stanzas waiting have {} s to end",
        signal,
        gateway.inFlight(),
        gateway.queued(),
        drain.toMillis() / 1000.0);
    try {
      gateway.stop(drain).block(drain.plus(CLOSING));
      log.info("ended");
      return ExitCode.ENDED;
    } catch (RuntimeException e) {
      log.error("the gateway did not end in order: {}", e.toString());
      return ExitCode.FAILED;
    }
  }
}
