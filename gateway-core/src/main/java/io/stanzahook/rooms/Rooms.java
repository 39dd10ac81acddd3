package io.stanzahook.rooms;

import io.stanzahook.rooms.RoomFailedException.Reason;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sends messages to chat rooms (XEP-0045). The sender enters the room before their first message
 * there, under a resource of its own, and stays; whoever was put out, or whose stream was lost,
 * enters again before the next message.
 *
 * <p>A message counts as sent when the room has sent it back. One that the room took from nobody,
 * since we were out without knowing, is sent once more.
 *
 * <p>What other occupants say goes on to who takes messages; presence, subjects, history, the
 * room's own remarks and what was said here does not.
 */
public final class Rooms {
  /** Rooms held at most, each counted for each address in it; the least recently used is left. */
  public static final int MOST = 64;

  /** Messages that wait for a room at most. */
  public static final int MOST_WAITING = 256;

  /** How long a room may take to let us in, and then to send a message back. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** The resource of a sender who named none: apart from what webhooks do at the bare address. */
  public static final String RESOURCE = "stanzahook";

  /** Messages told apart from others' in rooms where we are several; an older one is forgotten. */
  static final int MOST_ECHOES = 1_000;

  private static final int MOST_ID = 128;
  private static final String NICK = "stanzahook";

  private final Function<List<OutboundStanza>, Mono<Void>> outbound;
  private final AtomicInteger waiting = new AtomicInteger();

  /** By room and occupant; at most {@link #MOST}. Written under the lock. */
  private final ConcurrentMap<String, Occupant> held = new ConcurrentHashMap<>();

  /** By room and id, in order; at most {@link #MOST_ECHOES}. Under the lock. */
  private final Set<String> echoes = new LinkedHashSet<>();

  /** Under the lock. */
  private long clock;

  /** Until the first message, nothing is looked at. */
  private volatile boolean idle = true;

  /**
   * In no room yet.
   *
   * @param outbound sends, see {@code ComponentStream.send}
   */
  public Rooms(Function<List<OutboundStanza>, Mono<Void>> outbound) {
    this.outbound = outbound;
  }

  /** How many are held. */
  public int held() {
    return held.size();
  }

  /**
   * Sends a message to a room, once subscribed to.
   *
   * @param message with an id, to a room's bare address; its sender, if bare, becomes {@link
   *     #RESOURCE} there
   * @param nick the nick that is wanted; null for the sender's local part
   * @return completes when the room has sent it to all; ends with {@link RoomFailedException}, or
   *     with the error of sending
   */
  public Mono<Void> send(OutboundStanza message, @Nullable String nick) {
    return Mono.defer(
        () -> {
          if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return Mono.error(
                new RoomFailedException(
                    Reason.TOO_MANY, MOST_WAITING + " messages wait for their rooms already"));
          }
          idle = false;
          return attempt(message, nick)
              .onErrorResume(
                  RoomFailedException.class,
                  e -> e.reason() == Reason.PUT_OUT ? attempt(message, nick) : Mono.<Void>error(e))
              .doFinally(signal -> waiting.decrementAndGet());
        });
  }

  private Mono<Void> attempt(OutboundStanza message, @Nullable String nick) {
    return Mono.defer(
        () -> {
          Occupant occupant = occupant(message, nick);
          return occupant.entering().then(Mono.defer(() -> occupant.say(message)));
        });
  }

  private synchronized Occupant occupant(OutboundStanza message, @Nullable String nick) {
    Jid room = message.to().bare();
    Jid from = message.from();
    Jid self = from.isBare() ? from.withResource(RESOURCE) : from;
    remember(room, String.valueOf(message.id()));
    String key = key(room, self);
    Occupant occupant = held.get(key);
    if (occupant == null || occupant.isOver()) {
      if (held.size() >= MOST) {
        leaveOne();
      }
      String local = from.local();
      occupant =
          new Occupant(
              room,
              self,
              nick != null ? nick : local != null ? local : NICK,
              outbound,
              over -> held.remove(key, over));
      held.put(key, occupant);
    }
    occupant.used = ++clock;
    return occupant;
  }

  private void remember(Jid room, String id) {
    echoes.add(echo(room, id));
    if (echoes.size() > MOST_ECHOES) {
      echoes.remove(echoes.iterator().next());
    }
  }

  private void leaveOne() {
    boolean left =
        held.values().stream()
            .sorted(Comparator.comparingLong(occupant -> occupant.used))
            .anyMatch(Occupant::leaveIfIdle);
    if (!left) {
      throw new RoomFailedException(
          Reason.TOO_MANY, "messages to %d rooms are on their way already".formatted(MOST));
    }
  }

  /** Whether the stanza is a room's, and for nobody else to see. */
  public boolean take(Stanza stanza) {
    if (idle) {
      return false;
    }
    if (stanza instanceof Presence presence) {
      return take(presence);
    }
    return stanza instanceof Message message
        && (message.isGroupchat() || message.isError())
        && take(message);
  }

  private boolean take(Presence presence) {
    String type = presence.type();
    if (type != null && !type.equals("unavailable") && !presence.isError()) {
      return false;
    }
    Occupant occupant = held.get(key(presence.from().bare(), presence.to()));
    if (occupant != null) {
      occupant.take(presence);
    }
    // A room that we have left may not have noticed yet.
    return occupant != null || RESOURCE.equals(presence.to().resource());
  }

  private boolean take(Message message) {
    Jid room = message.from().bare();
    Occupant occupant = held.get(key(room, message.to()));
    if (occupant == null) {
      // A room that we have left may not have noticed yet; what people say there is heard till
      // then.
      if (RESOURCE.equals(message.to().resource())
          && (message.isError() || Occupant.isRemark(message))) {
        return true;
      }
    } else if (occupant.take(message)) {
      return true;
    }
    String id = message.id();
    if (id == null || message.isError()) {
      return false;
    }
    synchronized (this) {
      return echoes.contains(echo(room, id));
    }
  }

  /** We are in no room any more: rooms notice sooner or later, and let us in again. */
  public void streamLost() {
    for (Occupant occupant : held.values()) {
      occupant.over(
          new RoomFailedException(
              Reason.STREAM_LOST,
              "the stream to the XMPP server was lost while waiting for the room"));
    }
  }

  /** Leaves all rooms. */
  public Mono<Void> leave() {
    return Flux.fromIterable(held.values())
        .filter(Occupant::isIdle)
        .flatMap(Occupant::leave)
        .onErrorComplete()
        .then();
  }

  private static String key(Jid room, Jid occupant) {
    return room.comparable() + ' ' + occupant.comparable();
  }

  private static String echo(Jid room, String id) {
    // An id may be as long as a message.
    String text = id.length() <= MOST_ID ? id : id.substring(0, MOST_ID) + '#' + id.hashCode();
    return room.comparable() + ' ' + text;
  }
}
