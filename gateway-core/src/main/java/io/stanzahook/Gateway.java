package io.stanzahook;

import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.metrics.GatewayGauges;
import io.stanzahook.rooms.RoomEvent;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.WebhookEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One component's gateway: its stream (XEP-0114), its dispatcher and its webhook, joined. It
 * connects again after every loss, until it is stopped or the server refuses the component.
 *
 * <p>Threading: all methods may be called on any thread, and none blocks. What a {@code Mono} does
 * begins when it is subscribed to. Its result comes on an event loop of the gateway or on a thread
 * of the spool, neither of which may be blocked. Figures may be a moment old.
 */
public interface Gateway {

  /** What it was started with, as it is tuned now. */
  GatewaySettings settings();

  /**
   * Changes them, at once and without dropping anything. Only settings that are {@linkplain
   * io.stanzahook.settings.Setting#live live} take effect. To change another one, stop the gateway
   * and start one with the new settings.
   *
   * @throws IllegalArgumentException naming a setting that is out of its bounds; then nothing
   *     changes
   */
  void tune(GatewaySettings next);

  /** Where the stream stands. */
  StreamStatus status();

  /** Webhook calls in flight. */
  int inFlight();

  /** Webhook calls that may be in flight now. */
  int concurrencyLimit();

  /**
   * Where the breaker of the webhook's endpoint stands; of several, the one that lets least
   * through.
   */
  BreakerState breakerState();

  /** The webhook's endpoints, in the order of the settings. */
  default List<WebhookEndpoint> endpoints() {
    return List.of();
  }

  /**
   * Calls endpoints that are held back without waiting for their time: the deliveries that wait
   * longest have their next attempt at once, a few of them.
   *
   * @param endpoint the name of the only one, see {@link #endpoints}; null for all
   * @return the names of those that were held back
   */
  default List<String> tryNow(@Nullable String endpoint) {
    return List.of();
  }

  /**
   * Delivers a stanza again that was delivered before, under an id of its own that begins with
   * {@code again_}. Its replies are sent, too.
   *
   * @param stanza as listeners were told of it
   * @return the new webhook-id; ends with an {@link IllegalStateException} that says why it is not
   *     delivered
   */
  default Mono<String> deliverAgain(Stanza stanza) {
    return Mono.error(new IllegalStateException("the gateway does not deliver"));
  }

  /**
   * Whether the component's stream is this process's own. If not, another process of the cluster
   * holds it, or none does for now: messages and presences leave through that one, and {@link #ask}
   * and {@link #sendToRoom} end with {@link io.stanzahook.stream.NotSentException}.
   */
  default boolean holdsStream() {
    return true;
  }

  /**
   * How many of the component's addresses have this state in a chat room (XEP-0045). An address
   * counts once for each room.
   */
  default int rooms(RoomState state) {
    return 0;
  }

  /**
   * The chat rooms of its settings and of invitations, by their bare addresses, and the state of
   * each.
   */
  default Map<String, RoomState> ownRooms() {
    return Map.of();
  }

  /**
   * The figures that {@link io.stanzahook.metrics.GatewayMetrics#bind} shows as gauges. They are
   * read on the thread of the scrape.
   */
  default GatewayGauges gauges() {
    return new GatewayGauges(
        this::inFlight,
        this::concurrencyLimit,
        () -> breakerState().level(),
        this::queued,
        this::oldestQueuedNanos);
  }

  /** Sets who is told of its chat rooms, in place of whoever was told before. */
  default void watchRooms(Consumer<RoomEvent> listener) {}

  /** Stanzas waiting for a call, the first or another. */
  int queued();

  /** How long the oldest waiting stanza has waited, in nanoseconds; 0 where none waits. */
  long oldestQueuedNanos();

  /** How the spool stands; null where there is none. */
  default @Nullable JournalFigures spool() {
    return null;
  }

  /** The dead letters; null if there is no spool. */
  default @Nullable DeadLetters deadLetters() {
    return null;
  }

  /**
   * Completes once the gateway was stopped; ends with a {@link
   * io.stanzahook.stream.ComponentRefusedException} where the server never took the component.
   */
  Mono<Void> whenEnded();

  /**
   * Sends stanzas in their order, once subscribed to. They are counted as sent once written.
   *
   * @return completes when they are written; ends with {@link
   *     io.stanzahook.stream.NotSentException} when they never will be
   */
  Mono<Void> send(List<OutboundStanza> stanzas);

  /**
   * Sends an iq of type get or set, under an id that nobody can guess, and waits for its answer
   * (RFC 6120, 8.2.3). A request to an archive (XEP-0313) also brings what it found.
   *
   * @param timeout after which the answer does not count any more
   * @return the answer, of type result or error, after what an archive found; ends with {@link
   *     io.stanzahook.stream.NotSentException} if it cannot be sent, and with {@link
   *     io.stanzahook.query.QueryFailedException} if no answer comes
   */
  Mono<List<Stanza>> ask(OutboundStanza iq, Duration timeout);

  /**
   * Sends a message to a chat room (XEP-0045), once subscribed to. Its sender enters the room first
   * unless they are there.
   *
   * @param message to a room's bare address, with an id
   * @param nick the wanted nick; null for the local part of the sender
   * @return completes when the room has sent it to all; ends with {@link
   *     io.stanzahook.rooms.RoomFailedException} if the room refuses, or with {@link
   *     io.stanzahook.stream.NotSentException}
   */
  Mono<Void> sendToRoom(OutboundStanza message, @Nullable String nick);

  /**
   * Stops taking stanzas, lets what is in flight and what waits end, answers the rest with an error
   * when the time is over, then closes the stream (RFC 6120, 4.4) and the spool. What a spool keeps
   * is delivered after the next start.
   *
   * @param drain how long what is in flight and what waits may take
   * @return completes when all is closed, at most a few seconds after that time
   */
  Mono<Void> stop(Duration drain);
}
