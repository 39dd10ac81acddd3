package io.stanzahook.rooms;

import io.stanzahook.rooms.RoomFailedException.Reason;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.RoomPlace;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The place of one of our addresses in one room. If somebody asked for it (a webhook or {@code
 * /rest} sent the presence), it lasts until they ask it to leave: whenever it is lost, the room is
 * entered again. If it is there only for messages of {@code /msg}, it ends when it is lost, and the
 * next message creates another one.
 *
 * <p>Entering, being in, losing and coming back are one state machine, so they stand in one class,
 * though it is long: each of them decides by what the others have seen.
 *
 * <p>Thread-safe: its lock is held only to change its state, and listeners are called afterwards.
 */
final class Occupant {
  /** Nicks that are tried, the one that is wanted included. */
  static final int MAX_NICKS = 5;

  /** Characters of a nick that are used. */
  static final int MAX_NICK = 128;

  private static final String OWNER = "http://jabber.org/protocol/muc#owner";

  private enum State {
    NEW,
    ENTERING,
    IN,
    /** We have said that we leave, and the room has not yet. */
    LEAVING,
    LOST,
    OVER
  }

  final Jid room;
  final Jid self;

  /** See {@link Occupants#key}. */
  final String key;

  private final Common common;

  /**
   * What was said and not come back yet, by id. Bounded by {@link Rooms#MAX_WAITING}. Its lock
   * keeps messages from beginning while the stay ends.
   */
  private final ConcurrentMap<String, Sinks.Empty<Void>> unheard = new ConcurrentHashMap<>();

  private volatile State state = State.NEW;
  private volatile boolean asked;

  /** Whether it is there by the settings or by an invitation, not because a webhook asked. */
  private volatile boolean own;

  /**
   * Whether it waits for the first stream: of a cluster, one process has it and others never do.
   */
  private volatile boolean waits;

  /** The invitation that it is there by; null for none. */
  private volatile RoomMemory.@Nullable Remembered invitation;

  /** The one that the room knows us by, else the one that we asked for last. */
  private volatile String nick;

  // Under the lock, from here on.

  private String wanted;
  private Join join = Join.PLAIN;

  /** Our place as the others know it, as long as our words may come from there; else null. */
  private @Nullable Jid place;

  /** A nick that we asked for while in, and that the room has not given yet. */
  private @Nullable String next;

  /** Of the entrance at hand, whether it was ours to try, and the nicks it has tried. */
  private boolean again;

  private int nicks = 1;

  /** Goes up with each change, so that a timer knows whether it is still meant. */
  private long era;

  private int attempts;
  private long since;
  private @Nullable LossReason lastLoss;
  private Sinks.Empty<Void> entered = Sinks.empty();

  /** When it was last wanted, by the clock of {@link Rooms}, and under its lock. */
  long used;

  /** Not there, and not on its way. */
  Occupant(Jid room, Jid self, String wanted, Common common) {
    this.room = room;
    this.self = self;
    this.key = Occupants.key(room, self);
    // Short enough to have a number at its end.
    this.wanted = shortened(wanted);
    this.nick = this.wanted;
    this.common = common;
  }

  private static String shortened(String nick) {
    return nick.codePoints()
        .limit(MAX_NICK)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  // ------------------------------------------------------------ what others want to know

  /** Whether somebody asked for it to be there. */
  boolean isAsked() {
    return asked;
  }

  /** Whether it is to be there by the settings or by an invitation. */
  boolean isOwn() {
    return own;
  }

  /** Whether it is to be left at the end. */
  boolean isOwnAndIn() {
    return own && state == State.IN;
  }

  /** The invitation that it is there by; null for none. */
  RoomMemory.@Nullable Remembered invitation() {
    return invitation;
  }

  /** Where it stands; null where it neither is nor is to be there. */
  @Nullable RoomState roomState() {
    return switch (state) {
      case ENTERING -> RoomState.ENTERING;
      case IN -> RoomState.JOINED;
      case LOST -> waits ? null : RoomState.LOST;
      case NEW, LEAVING, OVER -> null;
    };
  }

  /** Whether it may be made to leave: nobody waits for it, and nobody asked for it to stay. */
  boolean isIdle() {
    return state == State.IN && !asked && unheard.isEmpty();
  }

  boolean isOver() {
    return state == State.OVER;
  }

  /** Where somebody spoke in this room, for a message that came to this one; null while out. */
  @Nullable RoomPlace placeOf(Jid speaker) {
    return state == State.IN || state == State.LEAVING
        ? new RoomPlace(room, speaker.resource(), nick)
        : null;
  }

  private String where() {
    return "the room '%s'".formatted(room);
  }

  // ------------------------------------------------------------ entering

  /** Completes once it is in the room; enters where it is not on its way. */
  Mono<Void> entering() {
    return Mono.defer(
        () -> {
          Runnable then = () -> {};
          Mono<Void> done;
          synchronized (this) {
            if (state == State.IN) {
              return Mono.empty();
            }
            if (state != State.ENTERING && state != State.OVER) {
              then = begin(wanted, 1);
            }
            done = entered.asMono();
          }
          then.run();
          return done;
        });
  }

  /** Somebody has sent a presence that enters; it is on its way to the room. */
  void asked(OutboundStanza presence, String as) {
    Join how = Join.like(presence);
    synchronized (this) {
      asked = true;
      join = how;
      if (state == State.IN) {
        next = as;
        return;
      }
      wanted = shortened(as);
      nick = as;
      nicks = 1;
      again = false;
      startEntering();
    }
  }

  /**
   * It is to be there, from the next {@link #streamBack} on.
   *
   * @param by the invitation; null for the settings
   */
  void wanted(Join how, RoomMemory.@Nullable Remembered by) {
    synchronized (this) {
      asked = true;
      own = true;
      invitation = by;
      join = how;
      waits = true;
      state = State.LOST;
    }
  }

  /**
   * It is to be there under that nick, with another password or other words about itself.
   *
   * @param connected whether there is a stream; if not, it is entered when there is one
   */
  void wantedOtherwise(Join how, String as, boolean connected) {
    String name = shortened(as);
    Runnable then = () -> {};
    synchronized (this) {
      if (state == State.OVER || state == State.LEAVING) {
        return;
      }
      boolean renamed = !name.equals(wanted);
      boolean told = renamed || !how.saysLike(join);
      if (!renamed && how.isLike(join)) {
        return;
      }
      join = how;
      wanted = name;
      if (state == State.IN) {
        if (renamed) {
          next = name;
        }
        if (told) {
          OutboundStanza presence =
              how.update(room, self, renamed ? name : nick, common.ids().next());
          then = () -> common.outbound().apply(List.of(presence)).subscribe(done -> {}, gone -> {});
        }
      } else if (waits || !connected) {
        nick = name;
      } else {
        attempts = 0;
        then = begin(name, 1);
      }
    }
    then.run();
  }

  /** It is not to be there any more. */
  void goes() {
    boolean there = state == State.IN || state == State.ENTERING;
    leaves();
    if (there) {
      sendLeave();
    }
  }

  /** Whether the room has yet to say that it has left. */
  boolean isLeaving() {
    return state == State.LEAVING;
  }

  /** Somebody has sent another nick for it. */
  synchronized void renames(String as) {
    if (state == State.IN) {
      next = as.equals(nick) ? null : as;
    }
  }

  /** We are in, as its words show, although nobody has said so: since before our own start. */
  void foundIn(String as) {
    synchronized (this) {
      asked = true;
      state = State.IN;
      since = common.now();
      era++;
      isNamed(as);
    }
  }

  /** Under the lock. */
  private void startEntering() {
    if (state != State.ENTERING) {
      entered = Sinks.empty();
    }
    state = State.ENTERING;
    long current = ++era;
    common.later(Rooms.TIMEOUT, () -> notEntered(current));
  }

  /**
   * Enters, under the lock.
   *
   * @param tried how many nicks, this one included
   * @return to be run after
   */
  private Runnable begin(String as, int tried) {
    again = true;
    nicks = tried;
    nick = as;
    startEntering();
    long current = era;
    OutboundStanza presence = join.presence(room, self, as, common.ids().next());
    return () ->
        common.outbound().apply(List.of(presence)).subscribe(done -> {}, e -> notSent(current, e));
  }

  private void notSent(long of, Throwable e) {
    Runnable then;
    synchronized (this) {
      if (era != of || state != State.ENTERING) {
        return;
      }
      then = asked ? lost(LossReason.AWAY, String.valueOf(e.getMessage())) : ends(e);
    }
    then.run();
  }

  private void notEntered(long of) {
    Runnable then;
    boolean leaving = false;
    synchronized (this) {
      if (era != of || state != State.ENTERING) {
        return;
      }
      if (asked) {
        then = lost(LossReason.TIMEOUT, "");
      } else {
        then = ends(timeout("the room '%s' did not let us in"));
        // It may let us in yet, when nobody expects it any more.
        leaving = true;
      }
    }
    then.run();
    if (leaving) {
      sendLeave();
    }
  }

  /** Enters again where that is still to be done. */
  private void enterAgain(long of) {
    Runnable then;
    synchronized (this) {
      if (era != of || state != State.LOST) {
        return;
      }
      // Where somebody has the nick, the next one: the other is not going to leave for us.
      then = nicks > 1 ? begin(numbered(nicks), nicks) : begin(wanted, 1);
    }
    then.run();
  }

  private String numbered(int number) {
    return number == 1 ? wanted : wanted + "_" + number;
  }

  /** The stream is back: whoever was asked to be there enters again, in that time. */
  void streamBack(Duration wait) {
    synchronized (this) {
      if (!asked || (state != State.LOST && state != State.ENTERING)) {
        return;
      }
      state = State.LOST;
      waits = false;
      nicks = 1;
      long current = ++era;
      common.later(wait, () -> enterAgain(current));
    }
  }

  // ------------------------------------------------------------ saying

  /** Says something; completes when the room has said it to all, this one included. */
  Mono<Void> say(OutboundStanza message) {
    String id = Objects.requireNonNull(message.id());
    Sinks.Empty<Void> heard = Sinks.empty();
    synchronized (unheard) {
      if (state != State.IN) {
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
    return common
        .outbound()
        .apply(List.of(OutboundStanza.of(said)))
        .then(heard.asMono())
        .timeout(Rooms.TIMEOUT)
        .onErrorMap(TimeoutException.class, e -> timeout("the room '%s' did not send it back"))
        .doOnError(RoomFailedException.class, this::doubt)
        .doFinally(signal -> unheard.remove(id, heard));
  }

  /** A room that does not answer may have forgotten us: the next message asks again. */
  private void doubt(RoomFailedException e) {
    if (e.reason() == Reason.TIMEOUT) {
      out(LossReason.TIMEOUT, "", e);
    }
  }

  private RoomFailedException timeout(String what) {
    return new RoomFailedException(
        Reason.TIMEOUT, what.formatted(room) + " within %d s".formatted(Rooms.TIMEOUT.toSeconds()));
  }

  /** What we said has come back. */
  void heard(@Nullable String id) {
    Sinks.Empty<Void> waiting = id == null ? null : unheard.get(id);
    if (waiting != null) {
      waiting.tryEmitEmpty();
    }
  }

  // ------------------------------------------------------------ what the room says

  /** Takes a presence of the room to this one. */
  void take(Presence presence) {
    String of = presence.from().resource();
    if (presence.isError()) {
      refused(RoomWords.error(presence));
    } else if (of != null && presence.type() == null) {
      if (RoomWords.maybeSelf(presence)) {
        RoomWords words = RoomWords.of(presence);
        if (words.has(RoomWords.SELF)) {
          letIn(of, words);
        }
      }
    } else if (of != null && "unavailable".equals(presence.type())) {
      boolean mine = isMine(presence.from());
      if (mine || RoomWords.maybeSelf(presence)) {
        RoomWords words = RoomWords.of(presence);
        if (mine || words.has(RoomWords.SELF)) {
          notThere(words);
        }
      }
    }
  }

  private boolean isMine(Jid from) {
    String mine = nick;
    return mine.equals(from.resource())
        || room.withResource(mine).comparable().equals(from.comparable());
  }

  /** The room shows us our own presence: that is our nick, and we are in. */
  private void letIn(String as, RoomWords words) {
    Runnable then;
    boolean leaving = false;
    synchronized (this) {
      boolean made = words.has(RoomWords.CREATED);
      if (state == State.OVER || state == State.NEW) {
        return;
      }
      if (state == State.IN || state == State.LEAVING) {
        isNamed(as);
        return;
      }
      if (made && !asked) {
        // Nobody asked for a room: nobody is in it, and its name may be a slip of the pen.
        then =
            ends(
                RoomFailedException.refused(
                    where(),
                    ErrorCondition.ITEM_NOT_FOUND.error("there is no such room; create it first")));
        leaving = true;
      } else if (made && again && lastLoss == LossReason.DESTROYED) {
        // Somebody wanted it to be no more.
        then = lost(LossReason.DESTROYED, "");
        leaving = true;
      } else {
        then = isIn(as, made && again);
      }
    }
    then.run();
    if (leaving) {
      sendLeave();
    }
  }

  /** Under the lock; to be run after. */
  private Runnable isIn(String as, boolean made) {
    state = State.IN;
    era++;
    isNamed(as);
    since = common.now();
    // Rooms of the settings are entered like lost ones, though they never were.
    boolean back = again && lastLoss != null;
    Sinks.Empty<Void> waiting = entered;
    return () -> {
      if (made) {
        open();
      }
      if (asked) {
        common.told().accept(new RoomEvent.Entered(room, self, as, back, made));
      }
      waiting.tryEmitEmpty();
    };
  }

  /** Others may enter a room that was made anew only once that is done (XEP-0045, 10.1.2). */
  private void open() {
    XmlElement form = XmlElement.builder("jabber:x:data", "x").attribute("type", "submit").build();
    common
        .outbound()
        .apply(
            List.of(
                OutboundStanza.of(
                    OutboundStanza.builder(StanzaKind.IQ, room, self)
                        .attribute("type", "set")
                        .attribute("id", common.ids().next())
                        .child(XmlElement.builder(OWNER, "query").child(form).build())
                        .build())))
        .subscribe(done -> {}, gone -> {});
  }

  /** Under the lock: our words come from there from now on. */
  private void isNamed(String as) {
    nick = as;
    if (as.equals(next)) {
      wanted = shortened(as);
      next = null;
    }
    Jid named = room.withResource(as);
    if (place == null || !named.equals(place)) {
      nameless();
      place = named;
      common.occupants().named(named);
    }
  }

  /** Under the lock: our words come from nowhere from now on. */
  private void nameless() {
    Jid before = place;
    if (before != null) {
      place = null;
      common.occupants().unnamed(before);
    }
  }

  /** The room says that we are not there, or not under that nick. */
  private void notThere(RoomWords words) {
    String to = words.nick();
    boolean renamed = words.has(RoomWords.NEW_NICK) && to != null && isNick(to);
    Runnable then = () -> {};
    synchronized (this) {
      if (state == State.LEAVING) {
        if (!renamed) {
          then = ends(RoomFailedException.putOut(where()));
        }
      } else if (state == State.IN) {
        if (renamed) {
          isNamed(Objects.requireNonNull(to));
        } else {
          LossReason why = LossReason.of(words);
          then = asked ? lost(why, words.reason()) : ends(RoomFailedException.putOut(where()));
        }
      }
    }
    then.run();
  }

  /** Whether it can be the resource of an address. */
  private boolean isNick(String text) {
    return Jid.parse(room + "/" + text) != null;
  }

  private void refused(StanzaError error) {
    Runnable then = () -> {};
    synchronized (this) {
      boolean conflict = error.condition() == ErrorCondition.CONFLICT;
      if (state == State.ENTERING) {
        if (conflict && (again || !asked) && nicks < MAX_NICKS) {
          then = begin(numbered(nicks + 1), nicks + 1);
        } else if (asked) {
          // Whoever asked for the first time may choose another nick themselves.
          nicks = conflict && nicks < MAX_NICKS ? nicks + 1 : 1;
          then = lost(LossReason.of(error), words(error));
        } else {
          then = ends(RoomFailedException.refused(where(), error));
        }
      } else if (state == State.IN) {
        boolean aboutNick = next != null;
        next = null;
        if (!asked) {
          then = ends(RoomFailedException.refused(where(), error));
        } else if (LossReason.isGone(error.condition())
            || (!aboutNick && error.condition() == ErrorCondition.NOT_ACCEPTABLE)) {
          then = lost(LossReason.NOT_IN, words(error));
        }
      }
    }
    then.run();
  }

  private static String words(StanzaError error) {
    return error.condition().elementName() + (error.text().isEmpty() ? "" : ", " + error.text());
  }

  /** Whether nobody says it, or not now: a subject, the room's own words, history. */
  static boolean isRemark(Message message) {
    return message.from().isBare()
        || message.body() == null
        || message.hasPayload(Delay.NAMESPACE, "delay");
  }

  /** Whether a groupchat message of another is for nobody to hear. */
  boolean ignores(Message message) {
    return !asked && (state != State.IN || isRemark(message));
  }

  /** Whether an error of the room to this one is nobody else's concern. */
  boolean failed(Message message) {
    String id = message.id();
    Sinks.Empty<Void> waiting = id == null ? null : unheard.get(id);
    if (waiting != null) {
      failed(waiting, RoomWords.error(message));
      return true;
    }
    if (asked && message.from().isBare()) {
      StanzaError error = RoomWords.error(message);
      if (isNotIn(error) || LossReason.isGone(error.condition())) {
        out(LossReason.NOT_IN, words(error), RoomFailedException.putOut(where()));
      }
    }
    // Elsewise said in an earlier stay, and seen to; or said by a webhook, which may know why.
    return !asked;
  }

  /** XEP-0045, 7.4: said to somebody who is not in the room. */
  private static boolean isNotIn(StanzaError error) {
    return error.condition() == ErrorCondition.NOT_ACCEPTABLE;
  }

  private void failed(Sinks.Empty<Void> waiting, StanzaError error) {
    if (isNotIn(error)) {
      out(LossReason.NOT_IN, words(error), RoomFailedException.putOut(where()));
      return;
    }
    RoomFailedException failure = RoomFailedException.refused(where(), error);
    waiting.tryEmitError(failure);
    if (error.type() == ErrorType.CANCEL) {
      // The room is gone or away. Elsewise we may just not speak, or not so fast.
      out(LossReason.AWAY, words(error), failure);
    }
  }

  // ------------------------------------------------------------ out

  /** We are out: whoever waits is told why, and who was asked to be there enters again. */
  private void out(LossReason reason, String detail, RoomFailedException why) {
    Runnable then;
    synchronized (this) {
      if (state == State.OVER || state == State.LEAVING) {
        return;
      }
      if (asked && state != State.IN) {
        return;
      }
      then = asked ? lost(reason, detail) : ends(why);
    }
    then.run();
  }

  /** Under the lock; to be run after. */
  private Runnable lost(LossReason reason, String detail) {
    if (invitation != null && (reason.isLasting() || reason == LossReason.KICKED)) {
      // Whoever invited us, or the room's owner, has thought better of it.
      RoomEvent dismissed = new RoomEvent.Dismissed(room, self, reason, detail);
      Runnable ended = ends(RoomFailedException.putOut(where()));
      return () -> {
        common.told().accept(dismissed);
        ended.run();
      };
    }
    String was = nick;
    boolean wasIn = state == State.IN;
    if (wasIn && common.now() - since >= ReentryPolicy.STABLE.toNanos()) {
      attempts = 0;
    }
    boolean news = wasIn || reason != lastLoss;
    if (wasIn) {
      nicks = 1;
    }
    state = State.LOST;
    nameless();
    next = null;
    lastLoss = reason;
    long current = ++era;
    Duration wait = common.waits().wait(reason, attempts);
    RoomEvent loss = new RoomEvent.Lost(room, self, was, reason, detail, wait, wasIn, news);
    attempts++;
    common.later(wait, () -> enterAgain(current));
    Runnable told = tell(RoomFailedException.putOut(where()));
    return () -> {
      common.told().accept(loss);
      told.run();
    };
  }

  /** The stream is lost; whether somebody is to be there again. */
  boolean streamLost() {
    RoomFailedException why =
        new RoomFailedException(
            Reason.STREAM_LOST,
            "the stream to the XMPP server was lost while waiting for the room");
    Runnable then;
    boolean is = false;
    synchronized (this) {
      if (state == State.OVER) {
        return false;
      }
      if (asked && state != State.LEAVING) {
        is = state != State.LOST;
        // What came before the loss may be read after it: our nick is ours until the next one.
        state = State.LOST;
        next = null;
        era++;
        if (is) {
          lastLoss = LossReason.STREAM;
        }
        then = tell(why);
      } else {
        then = endsSlowly(why);
      }
    }
    then.run();
    return is;
  }

  /** Somebody has sent that it leaves. */
  void leaves() {
    Runnable then = () -> {};
    synchronized (this) {
      if (state == State.OVER || state == State.LEAVING) {
        return;
      }
      if (state == State.IN) {
        state = State.LEAVING;
        long current = ++era;
        then = tell(RoomFailedException.putOut(where()));
        common.later(Rooms.TIMEOUT, () -> left(current));
      } else {
        then = endsSlowly(RoomFailedException.putOut(where()));
      }
    }
    then.run();
  }

  private void left(long of) {
    Runnable then;
    synchronized (this) {
      if (era != of || state != State.LEAVING) {
        return;
      }
      then = ends(RoomFailedException.putOut(where()));
    }
    then.run();
  }

  /** Leaves, unless somebody began to wait; whether it does. */
  boolean leaveIfIdle() {
    Runnable then;
    synchronized (this) {
      synchronized (unheard) {
        if (!isIdle()) {
          return false;
        }
        then = endsSlowly(RoomFailedException.putOut(where()));
      }
    }
    then.run();
    sendLeave();
    return true;
  }

  /** Under the lock: the end, while words of ours may be on their way here; to be run after. */
  private Runnable endsSlowly(Throwable why) {
    Jid before = place;
    place = null;
    if (before != null) {
      common.later(Rooms.TIMEOUT, () -> common.occupants().unnamed(before));
    }
    return ends(why);
  }

  /** Under the lock: the end of it; to be run after. */
  private Runnable ends(Throwable why) {
    nameless();
    synchronized (unheard) {
      state = State.OVER;
    }
    era++;
    common.occupants().remove(this);
    if (invitation != null) {
      common.forgotten().run();
    }
    return tell(why);
  }

  /** Under the lock; to be run after: tells whoever waits. */
  private Runnable tell(Throwable why) {
    Sinks.Empty<Void> waiting = entered;
    List<Sinks.Empty<Void>> saying;
    synchronized (unheard) {
      saying = new ArrayList<>(unheard.values());
    }
    return () -> {
      waiting.tryEmitError(why);
      saying.forEach(each -> each.tryEmitError(why));
    };
  }

  /** Tells the room that this one leaves (XEP-0045, 7.14). */
  Mono<Void> leave() {
    return common
        .outbound()
        .apply(
            List.of(
                OutboundStanza.of(
                    OutboundStanza.builder(StanzaKind.PRESENCE, room.withResource(nick), self)
                        .attribute("type", "unavailable")
                        .attribute("id", common.ids().next())
                        .build())));
  }

  private void sendLeave() {
    leave().subscribe(done -> {}, gone -> {});
  }
}
