package io.stanzahook.rooms;

import io.stanzahook.rooms.RoomFailedException.Reason;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One stay of one address in one room, from entering on. Once over, it is not used again. */
final class Occupant {
  /** Nicks that are tried, the one that is wanted included. */
  static final int MOST_NICKS = 5;

  /** Characters of a nick that are used. */
  static final int MOST_NICK = 128;

  private enum State {
    ENTERING,
    IN,
    OVER
  }

  private final Jid room;
  private final Jid self;
  private final String wanted;
  private final Function<List<OutboundStanza>, Mono<Void>> outbound;
  private final Consumer<Occupant> whenOver;
  private final Sinks.Empty<Void> entered = Sinks.empty();
  private final Mono<Void> entering;

  /**
   * What was said and not come back yet, by id. Bounded by {@link Rooms#MOST_WAITING}. Its lock
   * keeps messages from beginning while the stay ends.
   */
  private final ConcurrentMap<String, Sinks.Empty<Void>> unheard = new ConcurrentHashMap<>();

  private volatile State state = State.ENTERING;
  private volatile String nick;

  /** Only touched by who takes the room's stanzas: one at a time. */
  private int nicks = 1;

  /** When it was last wanted, by the clock of {@link Rooms}, and under its lock. */
  long used;

  /**
   * Not there yet.
   *
   * @param whenOver told once, when the stay is over for whatever reason
   */
  Occupant(
      Jid room,
      Jid self,
      String wanted,
      Function<List<OutboundStanza>, Mono<Void>> outbound,
      Consumer<Occupant> whenOver) {
    this.room = room;
    this.self = self;
    // Short enough to have a number at its end.
    this.wanted =
        wanted
            .codePoints()
            .limit(MOST_NICK)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    this.nick = this.wanted;
    this.outbound = outbound;
    this.whenOver = whenOver;
    this.entering =
        Mono.defer(() -> outbound.apply(List.of(join())))
            .then(entered.asMono())
            .timeout(Rooms.TIMEOUT)
            .onErrorMap(TimeoutException.class, e -> timeout("the room '%s' did not let us in"))
            .doOnError(this::neverEntered)
            // One joining for all who wait, whoever of them leaves.
            .cache();
  }

  /** Completes once it is in the room; enters when first subscribed to. */
  Mono<Void> entering() {
    return entering;
  }

  /** Whether it may be made to leave: nobody waits for it. */
  boolean isIdle() {
    return state == State.IN && unheard.isEmpty();
  }

  /** Leaves, unless somebody began to wait; whether it does. */
  boolean leaveIfIdle() {
    synchronized (unheard) {
      if (!isIdle()) {
        return false;
      }
      state = State.OVER;
    }
    whenOver.accept(this);
    leave().subscribe(done -> {}, gone -> {});
    return true;
  }

  boolean isOver() {
    return state == State.OVER;
  }

  /** Says something; completes when the room has said it to all, this one included. */
  Mono<Void> say(OutboundStanza message) {
    String id = Objects.requireNonNull(message.id());
    Sinks.Empty<Void> heard = Sinks.empty();
    synchronized (unheard) {
      if (isOver()) {
        return Mono.error(RoomFailedException.putOut(where()));
      }
      if (unheard.putIfAbsent(id, heard) != null) {
        return Mono.error(
            new RoomFailedException(
                Reason.TOO_MANY, "a message with the same id is on its way to " + where()));
      }
    }
    XmlElement said =
        message.element().toBuilder()
            .attribute("from", self.toString())
            .attribute("to", room.toString())
            .build();
    return outbound
        .apply(List.of(OutboundStanza.of(said)))
        .then(heard.asMono())
        .timeout(Rooms.TIMEOUT)
        .onErrorMap(TimeoutException.class, e -> timeout("the room '%s' did not send it back"))
        .doOnError(RoomFailedException.class, this::doubt)
        .doFinally(signal -> unheard.remove(id, heard));
  }

  /** Whether it can be the resource of an address. */
  private boolean isNick(String text) {
    return Jid.parse(room + "/" + text) != null;
  }

  /** A room that does not answer may have forgotten us: the next message asks again. */
  private void doubt(RoomFailedException e) {
    if (e.reason() == Reason.TIMEOUT) {
      over(e);
    }
  }

  private RoomFailedException timeout(String what) {
    return new RoomFailedException(
        Reason.TIMEOUT, what.formatted(room) + " within %d s".formatted(Rooms.TIMEOUT.toSeconds()));
  }

  private String where() {
    return "the room '%s'".formatted(room);
  }

  // ------------------------------------------------------------ what the room says

  /** Takes a presence of the room to this one: nobody else is to see it. */
  void take(Presence presence) {
    String of = presence.from().resource();
    if (presence.isError()) {
      refused(RoomWords.error(presence));
    } else if (state == State.ENTERING) {
      RoomWords words = RoomWords.of(presence);
      if (of != null && presence.type() == null && words.statuses().contains(RoomWords.SELF)) {
        letIn(of, words);
      }
    } else if ("unavailable".equals(presence.type()) && nick.equals(of)) {
      RoomWords words = RoomWords.of(presence);
      String next = words.nick();
      if (words.statuses().contains(RoomWords.NEW_NICK) && next != null && isNick(next)) {
        nick = next;
      } else {
        over(RoomFailedException.putOut(where()));
      }
    }
  }

  private void letIn(String as, RoomWords words) {
    nick = as;
    if (words.statuses().contains(RoomWords.CREATED)) {
      // Nobody asked for a room: nobody is in it, and its name may be a slip of the pen.
      StanzaError none =
          ErrorCondition.ITEM_NOT_FOUND.error("there is no such room; create it first");
      over(RoomFailedException.refused(where(), none));
      leave().subscribe(done -> {}, gone -> {});
    } else {
      state = State.IN;
      entered.tryEmitEmpty();
    }
  }

  private void refused(StanzaError error) {
    if (state == State.ENTERING
        && error.condition() == ErrorCondition.CONFLICT
        && nicks < MOST_NICKS) {
      nicks++;
      nick = wanted + "_" + nicks;
      outbound.apply(List.of(join())).subscribe(done -> {}, entered::tryEmitError);
    } else {
      over(RoomFailedException.refused(where(), error));
    }
  }

  /**
   * Whether a groupchat message or an error of the room to this one is not for others to see: what
   * was said here, what was said before, what nobody said.
   */
  boolean take(Message message) {
    String id = message.id();
    if (message.isError()) {
      failed(id, RoomWords.error(message));
      return true;
    }
    String speaker = message.from().resource();
    if (nick.equals(speaker)) {
      Sinks.Empty<Void> heard = id == null ? null : unheard.get(id);
      if (heard != null) {
        heard.tryEmitEmpty();
      }
      return true;
    }
    return state != State.IN || isRemark(message);
  }

  /** Whether nobody says it, or not now: a subject, the room's own words, history. */
  static boolean isRemark(Message message) {
    return message.from().isBare()
        || message.body() == null
        || message.hasPayload(Delay.NAMESPACE, "delay");
  }

  private void failed(@Nullable String id, StanzaError error) {
    Sinks.Empty<Void> waiting = id == null ? null : unheard.get(id);
    if (waiting == null) {
      // Said in an earlier stay, and seen to; or said by a webhook, which may know why.
      return;
    }
    if (error.condition() == ErrorCondition.NOT_ACCEPTABLE) {
      // XEP-0045, 7.4: said to somebody who is not in the room.
      over(RoomFailedException.putOut(where()));
      return;
    }
    RoomFailedException failure = RoomFailedException.refused(where(), error);
    waiting.tryEmitError(failure);
    if (error.type() == ErrorType.CANCEL) {
      // The room is gone or away. Elsewise we may just not speak, or not so fast.
      over(failure);
    }
  }

  // ------------------------------------------------------------ the end

  /** Ends the stay: whoever waits is told why. */
  void over(RoomFailedException why) {
    synchronized (unheard) {
      state = State.OVER;
    }
    whenOver.accept(this);
    entered.tryEmitError(why);
    unheard.values().forEach(waiting -> waiting.tryEmitError(why));
  }

  private void neverEntered(Throwable e) {
    synchronized (unheard) {
      state = State.OVER;
    }
    whenOver.accept(this);
    if (e instanceof RoomFailedException failure && failure.reason() == Reason.TIMEOUT) {
      // It may let us in yet, when nobody expects it any more.
      leave().subscribe(done -> {}, gone -> {});
    }
  }

  /** Tells the room that this one leaves (XEP-0045, 7.14). */
  Mono<Void> leave() {
    return outbound.apply(
        List.of(OutboundStanza.of(presence().attribute("type", "unavailable").build())));
  }

  /** XEP-0045, 7.2.2, without the room's history. */
  private OutboundStanza join() {
    XmlElement history =
        XmlElement.builder(Namespaces.MUC, "history").attribute("maxstanzas", "0").build();
    return OutboundStanza.of(
        presence().child(XmlElement.builder(Namespaces.MUC, "x").child(history).build()).build());
  }

  private XmlElement.Builder presence() {
    return OutboundStanza.builder(StanzaKind.PRESENCE, room.withResource(nick), self);
  }
}
