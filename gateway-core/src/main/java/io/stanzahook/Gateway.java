package io.stanzahook;

import io.stanzahook.component.ComponentStream;
import io.stanzahook.component.StreamListener;
import io.stanzahook.component.StreamStatus;
import io.stanzahook.dispatch.DeliveryListener;
import io.stanzahook.dispatch.Dispatcher;
import io.stanzahook.local.LocalServices;
import io.stanzahook.webhook.WebhookClient;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

/**
 * One component's gateway: its stream, its dispatcher and its webhook, joined.
 *
 * <p>Threading: all methods may be called on any thread.
 */
public final class Gateway {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  /** Beyond the drain's own time: for the answers to what was cut short to be written. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final GatewaySettings settings;
  private final WebhookClient webhook;
  private final ComponentStream stream;
  private final Dispatcher dispatcher;
  private final Sinks.Empty<Void> ended = Sinks.empty();

  private Gateway(
      GatewaySettings settings,
      LoopResources loops,
      DeliveryListener deliveries,
      StreamListener streams) {
    this.settings = settings;
    this.webhook = new WebhookClient(settings.webhook(), settings.component().domain(), loops);
    this.stream = new ComponentStream(settings.component(), loops, streams);
    this.dispatcher =
        new Dispatcher(
            settings.dispatch(),
            LocalServices.of(settings.local()),
            webhook,
            stream::send,
            deliveries);
  }

  /**
   * Starts connecting.
   *
   * @param loops the event loops for the stream and the webhook's connections; not disposed of here
   */
  public static Gateway start(
      GatewaySettings settings,
      LoopResources loops,
      DeliveryListener deliveries,
      StreamListener streams) {
    Gateway gateway = new Gateway(settings, loops, deliveries, streams);
    gateway
        .stream
        .stanzas()
        .doOnError(gateway.ended::tryEmitError)
        .doOnComplete(gateway.ended::tryEmitEmpty)
        // Whoever waits for the end has the error; the dispatcher just gets no more stanzas.
        .onErrorComplete()
        .subscribe(gateway.dispatcher.intake());
    return gateway;
  }

  /** What it was started with. */
  public GatewaySettings settings() {
    return settings;
  }

  /** Where the stream stands. */
  public StreamStatus status() {
    return stream.status();
  }

  /** Webhook calls in flight. */
  public int inFlight() {
    return dispatcher.inFlight();
  }

  /** Stanzas waiting for a call. */
  public int queued() {
    return dispatcher.queued();
  }

  /** How long the oldest waiting stanza has waited, in nanoseconds; 0 where none waits. */
  public long oldestQueuedNanos() {
    return dispatcher.oldestQueuedNanos();
  }

  /**
   * Completes once the gateway was stopped; ends with a {@link
   * io.stanzahook.component.ComponentRefusedException} where the server never took the component.
   */
  public Mono<Void> whenEnded() {
    return ended.asMono();
  }

  /**
   * Stops taking stanzas, lets what is in flight and what waits end, answers the rest with an error
   * when the time is over, then closes the stream.
   *
   * @param drain how long what is in flight and what waits may take
   */
  public Mono<Void> stop(Duration drain) {
    String domain = settings.component().domain();
    return dispatcher
        .drain(drain)
        .timeout(drain.plus(LAST_WORDS))
        .onErrorResume(
            error -> {
              log.warn("{}: stopping although not everything could be answered", domain);
              return Mono.empty();
            })
        .then(stream.close())
        .then(webhook.dispose());
  }
}
