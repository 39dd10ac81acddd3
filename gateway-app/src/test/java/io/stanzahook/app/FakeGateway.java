package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A gateway without a server: a test says what happens to its stream. */
final class FakeGateway implements Gateway {
  volatile GatewaySettings settings;
  final DeliveryListener deliveries;
  final StreamListener streams;
  final Sinks.Empty<Void> ended = Sinks.empty();
  final List<OutboundStanza> sent = new CopyOnWriteArrayList<>();
  volatile StreamStatus status = StreamStatus.CONNECTING;
  volatile @Nullable Duration drained;
  volatile Mono<List<Stanza>> answer = Mono.never();
  volatile Mono<Void> stopping = Mono.empty();
  volatile boolean holdsStream = true;

  FakeGateway(GatewaySettings settings, DeliveryListener deliveries, StreamListener streams) {
    this.settings = settings;
    this.deliveries = deliveries;
    this.streams = streams;
  }

  void connect() {
    status = StreamStatus.CONNECTED;
    streams.connected();
    streams.status(StreamStatus.CONNECTED, null);
  }

  void end(Throwable error) {
    status = StreamStatus.ENDED;
    ended.tryEmitError(error);
  }

  @Override
  public GatewaySettings settings() {
    return settings;
  }

  @Override
  public void tune(GatewaySettings next) {
    settings = next;
  }

  @Override
  public int concurrencyLimit() {
    return settings.dispatch().flow().concurrency().most();
  }

  @Override
  public StreamStatus status() {
    return status;
  }

  @Override
  public int inFlight() {
    return 3;
  }

  @Override
  public BreakerState breakerState() {
    return BreakerState.HALF_OPEN;
  }

  @Override
  public int queued() {
    return 4;
  }

  @Override
  public long oldestQueuedNanos() {
    return Duration.ofSeconds(2).toNanos();
  }

  @Override
  public boolean holdsStream() {
    return holdsStream;
  }

  @Override
  public Mono<Void> whenEnded() {
    return ended.asMono();
  }

  @Override
  public Mono<Void> send(List<OutboundStanza> stanzas) {
    return Mono.fromRunnable(() -> sent.addAll(stanzas));
  }

  @Override
  public Mono<List<Stanza>> ask(OutboundStanza iq, Duration timeout) {
    return answer;
  }

  @Override
  public Mono<Void> sendToRoom(OutboundStanza message, @Nullable String nick) {
    return send(List.of(message));
  }

  @Override
  public Mono<Void> stop(Duration drain) {
    drained = drain;
    return stopping.then(Mono.fromRunnable(() -> ended.tryEmitEmpty()));
  }
}
