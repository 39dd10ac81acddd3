package io.stanzahook.app;

import io.stanzahook.FanOut;
import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.metrics.GatewayMetrics;
import io.stanzahook.stream.StreamStatus;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A component that is to run: its meters, for as long as it is configured, and its gateway, which
 * may be replaced. Any thread may look at it; {@link Components} says who changes it.
 */
final class Component {
  private final GatewayStarter starter;
  private final Observers observers;
  private final ProcessResources resources;
  private final GatewayMetrics meters;
  private final AtomicReference<@Nullable Gateway> gateway = new AtomicReference<>();
  private volatile GatewaySettings settings;
  private volatile @Nullable ExitCode ended;

  /** Guarded by this. */
  private @Nullable Stop lastStop;

  /** How a gateway ended, or is ending. */
  private record Stop(Gateway gateway, Mono<Void> done) {}

  Component(
      GatewaySettings settings,
      GatewayStarter starter,
      Observers observers,
      ProcessResources resources) {
    this.settings = settings;
    this.starter = starter;
    this.observers = observers;
    this.resources = resources;
    this.meters = observers.meters(settings.component().domain());
  }

  String domain() {
    return settings.component().domain();
  }

  /** As configured: what was changed while it runs is not in them. */
  GatewaySettings settings() {
    return settings;
  }

  /** What runs; null before its start, while it is restarted, and after its end. */
  @Nullable Gateway gateway() {
    return gateway.get();
  }

  /** Why it does not run any more; null unless it ended by itself or could not start. */
  @Nullable ExitCode ended() {
    return ended;
  }

  StreamStatus status() {
    Gateway running = gateway.get();
    if (running != null) {
      return running.status();
    }
    return ended == null ? StreamStatus.CONNECTING : StreamStatus.ENDED;
  }

  /**
   * Starts it. May block, for long where there is a spool with much in it.
   *
   * @throws io.stanzahook.spool.SpoolException if its spool cannot be opened
   * @throws IllegalArgumentException naming a setting that the engine refuses
   */
  Gateway start(GatewaySettings next) {
    FanOut told = observers.of(next, meters);
    Gateway started = starter.start(next, resources.loops(), told, told);
    meters.bind(started.gauges());
    meters.bindEndpoints(started.endpoints());
    meters.bindRooms(started::rooms);
    started.watchRooms(told);
    meters.bindSpool(
        started.spool() == null ? null : () -> Objects.requireNonNull(started.spool()));
    settings = next;
    ended = null;
    gateway.set(started);
    return started;
  }

  /** Changes what can be changed while it runs. */
  void tune(GatewaySettings next) {
    settings = next;
    Gateway running = gateway.get();
    if (running != null) {
      running.tune(next);
    }
  }

  /** Notes that this gateway ended by itself; false where it was stopped, or another one runs. */
  boolean end(Gateway gone, ExitCode why) {
    if (!gateway.compareAndSet(gone, null)) {
      return false;
    }
    ended = why;
    return true;
  }

  /** Notes that it could not be started. */
  void notStarted() {
    ended = ExitCode.FAILED;
  }

  /** Stops what runs now, once subscribed to, and in sight of all. At once where nothing runs. */
  Mono<Void> drain(Duration drain) {
    return Mono.defer(
        () -> {
          Gateway running = gateway.get();
          return running == null ? Mono.empty() : stopOnce(running, drain);
        });
  }

  /** Stops a gateway of this component; one that is being stopped goes on being so. */
  synchronized Mono<Void> stopOnce(Gateway running, Duration drain) {
    Stop last = lastStop;
    if (last != null && last.gateway() == running) {
      return last.done();
    }
    Mono<Void> done = running.stop(drain).timeout(drain.plus(Components.CLOSING)).cache();
    lastStop = new Stop(running, done);
    return done;
  }

  /** Completes once the gateway that was stopped last, if any, holds nothing any more. */
  synchronized Mono<Void> whenStopped() {
    return lastStop == null ? Mono.empty() : lastStop.done().onErrorComplete();
  }

  /** Stops it, once subscribed to: nobody sees its gateway any more. At once where none runs. */
  Mono<Void> stop(Duration drain) {
    return Mono.defer(
        () -> {
          Gateway running = gateway.getAndSet(null);
          return running == null ? Mono.empty() : stopOnce(running, drain);
        });
  }

  /** Takes its meters away: it is not configured any more. */
  void forget() {
    meters.remove();
  }
}
