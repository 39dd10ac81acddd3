package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.admin.Reloading;
import io.stanzahook.app.admin.Reloading.Change;
import io.stanzahook.app.config.Live;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.spool.SpoolSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Brings the components to their next settings. All of them change at the same time. A component
 * starts only after the one that holds its domain or its spool has ended.
 *
 * <p>Made and {@link #run} on one thread, which may block; used once.
 */
final class ReloadPlan {
  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  private final Map<String, Component> after = new LinkedHashMap<>();
  private final Map<String, Mono<Change>> steps = new LinkedHashMap<>();
  private final List<Ending> endings = new ArrayList<>();
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private final Duration drain;
  private final BiConsumer<Component, Gateway> watch;
  private final BooleanSupplier stopping;

  /**
   * A component that is ending.
   *
   * @param domain that it holds until then
   * @param folder of the spool that it holds; null for none
   */
  private record Ending(String domain, @Nullable Path folder, Mono<Void> done) {}

  /**
   * Makes the plan. Nothing ends or starts yet.
   *
   * @param create makes a component that is new
   * @param watch receives each gateway that has started
   * @param stopping whether nothing may start any more
   */
  ReloadPlan(
      Map<String, Component> before,
      List<GatewaySettings> next,
      Function<GatewaySettings, Component> create,
      Duration drain,
      BiConsumer<Component, Gateway> watch,
      BooleanSupplier stopping) {
    this.drain = drain;
    this.watch = watch;
    this.stopping = stopping;
    for (GatewaySettings settings : next) {
      String domain = settings.component().domain();
      Component known = before.get(domain);
      Component component = known == null ? create.apply(settings) : known;
      after.put(domain, component);
      steps.put(domain, known == null ? start(component, settings) : step(known, settings));
    }
    for (Component gone : before.values()) {
      if (!after.containsKey(gone.domain())) {
        steps.put(
            gone.domain(),
            ending(gone).then(Mono.fromRunnable(gone::forget)).then(Mono.just(Change.STOPPED)));
      }
    }
  }

  /** The components after the reload, in the order of their settings. */
  Map<String, Component> components() {
    return after;
  }

  /** Carries out the plan and waits until all is done. */
  Reloading.Result run(List<String> needRestart) {
    Map<String, Change> changes =
        Objects.requireNonNull(
            Flux.fromIterable(steps.entrySet())
                .flatMap(
                    step -> step.getValue().map(change -> Map.entry(step.getKey(), change)),
                    Math.max(1, steps.size()))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue, TreeMap::new)
                .block());
    return new Reloading.Result(changes, new TreeMap<>(problems), needRestart);
  }

  private Mono<Change> step(Component known, GatewaySettings next) {
    GatewaySettings now = known.settings();
    if (known.gateway() == null) {
      // The server refused it, for example, and accepts it now.
      return start(known, next);
    }
    if (now.equals(next)) {
      return Mono.just(Change.UNCHANGED);
    }
    if (Live.tuned(now, next).equals(next)) {
      return Mono.fromSupplier(
          () -> {
            known.tune(next);
            return Change.TUNED;
          });
    }
    ending(known);
    return starting(known, next, now, Change.RESTARTED);
  }

  /** Ends it, once somebody waits for that, and only once. */
  private Mono<Void> ending(Component component) {
    Mono<Void> done =
        component
            .stop(drain)
            .onErrorResume(
                error -> {
                  log.error("{}: did not stop cleanly: {}", component.domain(), error.toString());
                  return Mono.empty();
                })
            .cache();
    endings.add(new Ending(component.domain(), folder(component.settings()), done));
    return done;
  }

  private Mono<Change> start(Component component, GatewaySettings next) {
    return component.whenStopped().then(starting(component, next, null, Change.STARTED));
  }

  /**
   * Starts it once it can.
   *
   * @param before with what it ran until now, to go back to; null where it did not run
   */
  private Mono<Change> starting(
      Component component, GatewaySettings next, @Nullable GatewaySettings before, Change change) {
    return Mono.defer(() -> Mono.when(inTheWay(next)))
        .then(
            Mono.fromCallable(() -> startNow(component, next, before) ? change : Change.FAILED)
                // Opening a spool blocks.
                .subscribeOn(Schedulers.boundedElastic()));
  }

  private List<Mono<Void>> inTheWay(GatewaySettings next) {
    String domain = next.component().domain();
    Path folder = folder(next);
    return endings.stream()
        .filter(
            each ->
                each.domain().equals(domain) || (folder != null && folder.equals(each.folder())))
        .map(Ending::done)
        .toList();
  }

  private static @Nullable Path folder(GatewaySettings settings) {
    SpoolSettings spool = settings.spool();
    return spool == null ? null : spool.folder().toAbsolutePath().normalize();
  }

  private boolean startNow(
      Component component, GatewaySettings next, @Nullable GatewaySettings before) {
    if (stopping.getAsBoolean()) {
      component.notStarted();
      problems.put(component.domain(), "the gateway is stopping");
      return false;
    }
    try {
      watch.accept(component, component.start(next));
      return true;
    } catch (IllegalArgumentException | IllegalStateException | SpoolException e) {
      log.error("{}: cannot start: {}", component.domain(), e.getMessage());
      problems.put(component.domain(), String.valueOf(e.getMessage()));
      if (before == null) {
        component.notStarted();
        return false;
      }
    }
    log.warn("{}: continues with its settings from before the reload", component.domain());
    startNow(component, before, null);
    return false;
  }
}
