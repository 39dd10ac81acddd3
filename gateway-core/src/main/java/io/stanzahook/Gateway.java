package io.stanzahook;

import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.JournalFigures;
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
 * One component's gateway: its stream, its dispatcher and its webhook, joined.
 *
 * <p>Threading: all methods may be called on any thread.
 */
public interface Gateway {

  /** What it was started with, as it is tuned now. */
  GatewaySettings settings();

  /**
   * Changes them, at once and without dropping anything.
   *
   * @param next differ from {@link #settings} in what may change while the gateway runs alone
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
   * @param endpoint the name of the only one; null for all
   * @return the names of those that were held back
   */
  default List<String> tryNow(@Nullable String endpoint) {
    return List.of();
  }

  /**
   * Delivers a stanza again that was delivered before, under an id of its own that begins with
   * {@code again_}. Its replies are sent, too.
   *
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

  /** How many of the component's addresses stand so with a chat room, each room counted. */
  default int rooms(RoomState state) {
    return 0;
  }

  /** The chat rooms of its settings and of invitations, and how it stands with each. */
  default Map<String, RoomState> ownRooms() {
    return Map.of();
  }

  /** Sets who is told of its chat rooms. */
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
   * Sends an iq of type get or set and waits for its answer, see {@link
   * io.stanzahook.query.Queries#ask}.
   */
  Mono<List<Stanza>> ask(OutboundStanza iq, Duration timeout);

  /**
   * Sends a message to a chat room, which its sender enters first where they are not there yet, see
   * {@link io.stanzahook.rooms.Rooms#send}.
   */
  Mono<Void> sendToRoom(OutboundStanza message, @Nullable String nick);

  /**
   * Stops taking stanzas, lets what is in flight and what waits end, answers the rest with an error
   * when the time is over, then closes the stream and the spool.
   *
   * @param drain how long what is in flight and what waits may take
   */
  Mono<Void> stop(Duration drain);
}
