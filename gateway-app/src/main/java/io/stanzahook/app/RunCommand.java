package io.stanzahook.app;

import io.stanzahook.ComponentGateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.admin.Workbench;
import io.stanzahook.app.api.Administration;
import io.stanzahook.app.api.Api;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.RunOptions;
import io.stanzahook.app.console.DeliveryFile;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.http.HttpService;
import io.stanzahook.app.http.ListenException;
import io.stanzahook.app.http.SendSpans;
import io.stanzahook.app.logging.Intervals;
import io.stanzahook.app.logging.Logging;
import io.stanzahook.cluster.ClusterFigures;
import io.stanzahook.cluster.ClusterNode;
import io.stanzahook.cluster.ClusterSettings;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Values;
import io.stanzahook.spool.SpoolException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/** {@code run}: the gateway, until it is asked to end or the server refuses it. */
final class RunCommand implements Command {
  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  /** Components that the line of a service's status names. */
  private static final int MAX_STATUSES = 8;

  private final GatewayStarter gateways;
  private final Function<PrintStream, CompletableFuture<String>> signals;

  private final Consumer<Runnable> hangups;

  RunCommand() {
    this(ComponentGateway::start, StopSignals::install, StopSignals::onHangup);
  }

  /**
   * A command whose resources are handed in.
   *
   * @param signals given stderr, a future that completes with the name of a signal to stop
   */
  RunCommand(GatewayStarter gateways, Function<PrintStream, CompletableFuture<String>> signals) {
    this(gateways, signals, action -> {});
  }

  /**
   * A command whose resources and SIGHUP are handed in.
   *
   * @param hangups given what is to be done at each
   */
  RunCommand(
      GatewayStarter gateways,
      Function<PrintStream, CompletableFuture<String>> signals,
      Consumer<Runnable> hangups) {
    this.gateways = gateways;
    this.signals = signals;
    this.hangups = hangups;
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
  public List<Option> options() {
    return RunOptions.ALL;
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    List<String> warnings = new ArrayList<>();
    AppSettings settings;
    try {
      settings = invocation.settings(this, warnings::add);
    } catch (ConfigurationException e) {
      warnings.forEach(invocation::warn);
      throw e;
    }
    CompletableFuture<String> stop = signals.apply(invocation.console().err());
    Logging.start(settings.logFormat());
    Logging.setLevels(settings.logLevel());
    warnings.forEach(log::warn);
    try (ProcessResources resources = ProcessResources.create(settings, invocation.version())) {
      return run(settings, resources, stop, invocation);
    } catch (StartException | ListenException | SpoolException e) {
      // Not bad configuration: the same may work in a moment, once another process lets go of it.
      log.error("cannot start: {}", e.getMessage());
      return ExitCode.FAILED;
    }
  }

  private ExitCode run(
      AppSettings settings,
      ProcessResources resources,
      CompletableFuture<String> stop,
      Invocation invocation)
      throws ConfigurationException, ListenException, StartException {
    try (DeliveryFile file = deliveryFile(settings)) {
      return run(settings, resources, file, stop, invocation);
    }
  }

  // Without credentials nobody could look at it.
  private static boolean logsDeliveries(AppSettings settings) {
    return settings.apiCredentials() != null && settings.deliveryLog() > 0;
  }

  private static @Nullable DeliveryFile deliveryFile(AppSettings settings) throws StartException {
    Path path = settings.deliveryLogFile();
    if (path == null || !logsDeliveries(settings)) {
      return null;
    }
    try {
      return DeliveryFile.open(path);
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  private ExitCode run(
      AppSettings settings,
      ProcessResources resources,
      @Nullable DeliveryFile kept,
      CompletableFuture<String> stop,
      Invocation invocation)
      throws ConfigurationException, ListenException {
    RecentDeliveries recent =
        logsDeliveries(settings)
            ? new RecentDeliveries(settings.deliveryLog(), settings.deliveryLogBodies(), kept)
            : null;
    Observers observers = new Observers(resources, recent);
    Cluster cluster = new Cluster(settings);
    Components components =
        new Components(
            settings.gateways(),
            each -> new Component(each, cluster.starter(gateways), observers, resources));
    Readiness readiness =
        () ->
            new Readiness.State(
                stop.isDone(),
                components.statuses(),
                components.breakerStates(),
                components.rooms(),
                ready(cluster, settings));
    // Listens before it connects: a port in use is noticed before the server sees a component.
    try (cluster;
        ServiceManager manager =
            ServiceManager.of(invocation.environment(), () -> statuses(components));
        Reload reload = new Reload(invocation::readAgain, settings, components);
        CertificateExpiry expiry =
            new CertificateExpiry(
                resources.metrics().registry(),
                InstantSource.system(),
                Schedulers.boundedElastic());
        ConfigurationFile file =
            new ConfigurationFile(settings.config(), Schedulers.boundedElastic());
        HttpService http =
            Api.start(
                settings.httpListen(),
                reload::certificate,
                resources.metrics().registry(),
                readiness,
                new Administration(
                    reload::credentials,
                    reload::hookSecrets,
                    settings.apiRate(),
                    settings.hooks(),
                    components,
                    reload,
                    recent,
                    sendSpans(resources, settings.gateways()),
                    new Workbench(
                        expiry::expiring,
                        reload::needRestart,
                        file::changed,
                        UnaryOperator.identity(),
                        null)),
                resources.httpLoops())) {
      log.info(
          "stanzahook {}: {}, transport {}, metrics and health at {}://{}",
          invocation.version(),
          described(settings.gateways()),
          Values.label(resources.loops().transport()),
          settings.httpTlsCert() == null ? "http" : "https",
          http.address());
      HostPort listening = new HostPort(settings.httpListen().host(), http.address().port());
      String unreachable = Advertised.warning(settings, listening);
      if (unreachable != null) {
        log.warn("{}", unreachable);
      }
      expiry.follow(settings);
      reload.whenRead(
          next -> {
            expiry.follow(next);
            file.wasRead();
          });
      reload.tell(new ReloadMeter(resources.metrics().registry()), file, toldTo(manager));
      hangups.accept(reload::onHangup);
      if (cluster.open(stop::isDone)) {
        cluster.bind(resources.metrics().registry());
        components.balanceWith(cluster::balance);
        components.ownersFrom(cluster::owner);
        cluster.advertise(Advertised.url(settings, listening));
        components.start();
        cluster.start();
      }
      reload.begin();
      manager.ready();
      manager.watch(
          List.of(resources.loops().group(), resources.httpLoops().group()), Schedulers.parallel());
      return untilEnd(
          components, cluster, settings.drainTimeout(), stop, resources.logIntervals(), manager);
    }
  }

  private static ReloadProgress toldTo(ServiceManager manager) {
    return new ReloadProgress() {
      @Override
      public void begins() {
        manager.reloading();
      }

      @Override
      public void ended(boolean successful) {
        manager.ready();
      }
    };
  }

  /** Where each stream stands, in a line. */
  private static String statuses(Components components) {
    return components.statuses().entrySet().stream()
        .limit(MAX_STATUSES)
        .map(each -> each.getKey() + " " + each.getValue().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  private static Readiness.@Nullable Cluster ready(Cluster cluster, AppSettings settings) {
    ClusterFigures figures = cluster.figures();
    ClusterSettings of = settings.cluster();
    if (figures == null || of == null) {
      return null;
    }
    ClusterNode node = cluster.node();
    return new Readiness.Cluster(of.role(), figures, node == null ? List.of() : node.streams());
  }

  private static String described(List<GatewaySettings> gateways) {
    return gateways.stream()
        .map(GatewaySettings::component)
        .map(
            component ->
                "component %s at %s:%d%s"
                    .formatted(
                        component.domain(),
                        component.host(),
                        component.port(),
                        component.tls() == null ? "" : " over TLS"))
        .collect(Collectors.joining(", "));
  }

  private static SendSpans sendSpans(ProcessResources resources, List<GatewaySettings> gateways) {
    OtlpSpans spans = resources.spans();
    // Of several, the request itself does not say which one.
    String domain = gateways.size() > 1 ? null : gateways.get(0).component().domain();
    return spans == null
        ? SendSpans.NONE
        : (parent, method, route, status, start, end) ->
            spans.request(domain, parent, method, route, status, start, end);
  }

  /** Waits for a signal or for the components' own end, whichever comes first. */
  private static ExitCode untilEnd(
      Components components,
      Cluster cluster,
      Duration drain,
      CompletableFuture<String> stop,
      Intervals logIntervals,
      ServiceManager manager) {
    CompletableFuture<ExitCode> ended = components.whenNoneIsLeft();
    CompletableFuture.anyOf(stop, ended).join();
    if (!stop.isDone()) {
      return ended.join();
    }
    manager.stopping(drain);
    return drain(components, cluster, drain, stop.join(), logIntervals);
  }

  private static ExitCode drain(
      Components components,
      Cluster cluster,
      Duration drain,
      String signal,
      Intervals logIntervals) {
    log.info(
        "{}: accepting no more stanzas; {} calls in flight and {} waiting stanzas "
            + "have {} s to finish",
        signal,
        components.inFlight(),
        components.queued(),
        drain.toMillis() / 1000.0);
    try {
      cluster.stopping();
      components.stop(drain).block();
      cluster.close();
      logIntervals.close();
      log.info("ended");
      return ExitCode.ENDED;
    } catch (RuntimeException e) {
      log.error("the gateway did not stop cleanly: {}", e.toString());
      return ExitCode.FAILED;
    }
  }
}
