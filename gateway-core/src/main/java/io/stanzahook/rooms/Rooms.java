package io.stanzahook.rooms;

import io.stanzahook.mapping.ChatProperties;
import io.stanzahook.rooms.RoomFailedException.Reason;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OccupantErrors;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.RoomPlace;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaIds;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The chat rooms of one component (XEP-0045): which of its addresses is in which, and as whom,
 * however it came in. It sees every stanza that leaves or arrives.
 *
 * <p><b>What leaves</b> ({@link #leaving}) has an id, asks for no history unless somebody wanted
 * it, and contains no error that makes a room remove its sender. A presence that enters a room
 * means that its sender should be there until a presence leaves the room.
 *
 * <p><b>What comes</b> ({@link #admit}): our own messages are hidden, whatever their id; they are
 * recognised by the nick that the room gave us last. If we are removed from a room that we were
 * asked to be in, or the stream is lost, the room is entered again.
 *
 * <p>{@link #send} says things in rooms for callers who are in none. The sender enters the room
 * before their first message there, under a resource of its own, and stays; whoever was put out, or
 * whose stream was lost, enters again before the next message. A message counts as sent when the
 * room has sent it back. One that the room took from nobody, since we were out without knowing, is
 * sent once more. What other occupants say to such a sender goes on to who takes messages;
 * presence, subjects, history, the room's own remarks and what was said here does not.
 *
 * <p>Both directions and {@link #send} stand in one class, though it is long: all of them look up
 * and create the same places, under the same limits. What happens in one place is {@link
 * Occupant}'s.
 */
public final class Rooms {
  /**
   * The maximum number of rooms with senders, counted for each address; beyond it, the least
   * recently used is left.
   */
  public static final int MAX_ROOMS = 64;

  /** The maximum number of known rooms, counted for each of our addresses. */
  public static final int MAX_OCCUPANTS = 10_000;

  /** The maximum number of messages that wait for a room. */
  public static final int MAX_WAITING = 256;

  /** How long a room may take to let us in, and then to send a message back. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * The resource of a sender without one, to keep it apart from what webhooks do with the bare
   * address.
   */
  public static final String RESOURCE = "stanzahook";

  /** Words of ours that are told by their id, where we do not know to be in the room. */
  static final int MAX_AWAITED = 1_000;

  /** Presences that may turn out to have entered a room, at most. */
  static final int MAX_HOPES = 256;

  /** Rooms that were entered by an invitation, at most: strangers invite. */
  public static final int MAX_INVITED = 100;

  /** Characters of an id that are kept: one may be as long as a message. */
  private static final int MAX_ID = 128;

  private static final String NICK = "stanzahook";

  private final Common common;
  private final Occupants occupants;
  private final Consumer<Stanza> ownWords;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean toldTooMany = new AtomicBoolean();

  /** By room and id, in order; at most {@link #MAX_AWAITED}. Under its own lock. */
  private final Set<String> awaited = new LinkedHashSet<>();

  /** By room and address of ours, in order; at most {@link #MAX_HOPES}. Under its own lock. */
  private final Set<String> hopes = new LinkedHashSet<>();

  private volatile boolean awaiting;
  private volatile boolean hoping;
  private volatile Consumer<RoomEvent> listener = event -> {};

  /** The nick for rooms that we enter by an invitation; null if these are not accepted. */
  private volatile @Nullable String invitedAs;

  private volatile RoomMemory memory = RoomMemory.NONE;
  private volatile List<XmlElement> presence = List.of();

  /** Whether there is a stream now. */
  private volatile boolean connected;

  /** The rooms of the settings. Under the lock. */
  private List<RoomSettings.Room> settled = List.of();

  /** Under the lock. */
  private long clock;

  /** Until we have to do with a room, nothing is looked at. */
  private volatile boolean idle = true;

  /**
   * In no room yet.
   *
   * @param outbound sends, see {@code ComponentStream.send}; its stanzas do not pass {@link
   *     #leaving} again
   * @param ownWords receives our own messages that rooms sent back and nobody else should see
   */
  public Rooms(Function<List<OutboundStanza>, Mono<Void>> outbound, Consumer<Stanza> ownWords) {
    this(
        outbound,
        ownWords,
        Schedulers::parallel,
        new ReentryPolicy(() -> ThreadLocalRandom.current().nextDouble()));
  }

  Rooms(
      Function<List<OutboundStanza>, Mono<Void>> outbound,
      Consumer<Stanza> ownWords,
      Supplier<Scheduler> timers,
      ReentryPolicy waits) {
    this.occupants = new Occupants(MAX_OCCUPANTS);
    this.ownWords = ownWords;
    this.common =
        new Common(
            outbound,
            timers,
            waits,
            event -> listener.accept(event),
            occupants,
            new StanzaIds(),
            this::remember);
  }

  /**
   * Sets the rooms to be in by ourselves, before the stream begins. May block, where rooms are
   * remembered.
   *
   * @param domain the component's; its address in these rooms has {@link #RESOURCE}
   * @param nick where the settings name none; null for a usual one
   * @param said what our presence carries
   */
  public void stay(
      RoomSettings settings,
      String domain,
      @Nullable String nick,
      List<XmlElement> said,
      RoomMemory keeps) {
    presence = List.copyOf(said);
    String usual = nick == null ? NICK : nick;
    synchronized (this) {
      settled = settings.rooms();
    }
    Jid self = self(domain);
    for (RoomSettings.Room room : settings.rooms()) {
      own(room.address(), self, nick(room, usual), room.password(), null);
    }
    if (settings.acceptInvitations()) {
      invitedAs = usual;
      memory = keeps;
      for (RoomMemory.Remembered each : keeps.read()) {
        Jid room = Jid.parse(each.room());
        Jid invited = Jid.parse(each.self());
        if (room != null
            && room.isBare()
            && invited != null
            && invited.hasDomain(domain)
            && Jid.parse(room + "/" + each.nick()) != null) {
          own(room, invited, each.nick(), each.password(), each);
        }
      }
    }
  }

  private static Jid self(String domain) {
    return Jid.of(domain).withResource(RESOURCE);
  }

  private static String nick(RoomSettings.Room room, String usual) {
    String as = room.nick();
    return as == null ? usual : as;
  }

  /**
   * Changes the rooms to be in by ourselves, at once: leaves those that are gone, enters new ones,
   * and says in the others what is new about us.
   *
   * @param nick where the settings name none; null for a usual one
   * @param said what our presence carries from now on
   */
  public void change(
      RoomSettings settings, String domain, @Nullable String nick, List<XmlElement> said) {
    presence = List.copyOf(said);
    String usual = nick == null ? NICK : nick;
    if (invitedAs != null) {
      invitedAs = usual;
    }
    Jid self = self(domain);
    List<Runnable> steps = new ArrayList<>();
    synchronized (this) {
      for (RoomSettings.Room before : settled) {
        Occupant gone = occupants.find(before.address(), self);
        if (gone != null
            && settings.rooms().stream()
                .noneMatch(room -> room.address().isSame(before.address()))) {
          steps.add(gone::goes);
        }
      }
      for (RoomSettings.Room room : settings.rooms()) {
        Occupant there = occupants.find(room.address(), self);
        String as = nick(room, usual);
        if (there != null && !there.isLeaving() && there.isOwn()) {
          steps.add(() -> there.wantedOtherwise(Join.with(room.password(), said), as, connected));
        } else {
          Occupant added = own(room.address(), self, as, room.password(), null);
          if (added != null && connected) {
            steps.add(() -> added.streamBack(Duration.ZERO));
          }
        }
      }
      for (Occupant each : occupants.all()) {
        RoomMemory.Remembered invitation = each.invitation();
        if (invitation != null) {
          steps.add(
              () ->
                  each.wantedOtherwise(
                      Join.with(invitation.password(), said), invitation.nick(), connected));
        }
      }
      settled = settings.rooms();
    }
    steps.forEach(Runnable::run);
  }

  private synchronized @Nullable Occupant own(
      Jid room,
      Jid self,
      String nick,
      @Nullable String password,
      RoomMemory.@Nullable Remembered invitation) {
    Occupant there = occupants.find(room, self);
    if (there != null && !there.isLeaving()) {
      return null;
    }
    Occupant occupant = add(room, self, nick);
    if (occupant != null) {
      occupant.wanted(Join.with(password, presence), invitation);
      idle = false;
    }
    return occupant;
  }

  private void remember() {
    memory.write(
        () ->
            occupants.all().stream()
                .map(Occupant::invitation)
                .filter(Objects::nonNull)
                .limit(MAX_INVITED)
                .toList());
  }

  /** The rooms that we are in by ourselves, and where we stand there; sorted by their addresses. */
  public Map<String, RoomState> own() {
    Map<String, RoomState> states = new TreeMap<>();
    for (Occupant occupant : occupants.all()) {
      RoomState state = occupant.roomState();
      if (occupant.isOwn() && state != null) {
        states.put(occupant.room.toString(), state);
      }
    }
    return states;
  }

  /** Sets the listener. */
  public void watch(Consumer<RoomEvent> next) {
    listener = next;
  }

  /** How many senders are in rooms or on their way: at most {@link #MAX_ROOMS}. */
  public int held() {
    int held = 0;
    for (Occupant occupant : occupants.all()) {
      held += occupant.isAsked() ? 0 : 1;
    }
    return held;
  }

  /** How many of our addresses are in this state. */
  public int count(RoomState state) {
    int count = 0;
    for (Occupant occupant : occupants.all()) {
      count += occupant.roomState() == state ? 1 : 0;
    }
    return count;
  }

  // ------------------------------------------------------------ messages of senders

  /**
   * Sends a message to a room, once subscribed to.
   *
   * @param message with an id, to a room's bare address; its sender, if bare, becomes {@link
   *     #RESOURCE} there
   * @param nick the wanted nick; null for the sender's local part
   * @return completes when the room has sent it to all; ends with {@link RoomFailedException}, or
   *     with the error of sending
   */
  public Mono<Void> send(OutboundStanza message, @Nullable String nick) {
    return Mono.defer(
        () -> {
          if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return Mono.error(
                new RoomFailedException(
                    Reason.TOO_MANY,
                    MAX_WAITING + " messages are already waiting for their rooms"));
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
          Occupant occupant = sender(message, nick);
          return occupant.entering().then(Mono.defer(() -> occupant.say(message)));
        });
  }

  private synchronized Occupant sender(OutboundStanza message, @Nullable String nick) {
    Jid room = message.to().bare();
    Jid from = message.from();
    Jid self = from.isBare() ? from.withResource(RESOURCE) : from;
    Occupant occupant = occupants.find(room, self);
    if (occupant == null || occupant.isOver()) {
      if (held() >= MAX_ROOMS) {
        leaveOne();
      }
      String local = from.local();
      occupant =
          new Occupant(room, self, nick != null ? nick : local != null ? local : NICK, common);
      if (!occupants.add(occupant)) {
        throw new RoomFailedException(
            Reason.TOO_MANY, "the component is already in %d rooms".formatted(MAX_OCCUPANTS));
      }
    }
    occupant.used = ++clock;
    return occupant;
  }

  private void leaveOne() {
    boolean left =
        occupants.all().stream()
            .filter(occupant -> !occupant.isAsked())
            .sorted(Comparator.comparingLong(occupant -> occupant.used))
            .anyMatch(Occupant::leaveIfIdle);
    if (!left) {
      throw new RoomFailedException(
          Reason.TOO_MANY, "messages to %d rooms are already on their way".formatted(MAX_ROOMS));
    }
  }

  // ------------------------------------------------------------ what leaves

  /**
   * The stanzas as they should leave now. From here on, their messages to rooms are known. Returns
   * the same list if nothing changes. A stanza that must not leave is missing.
   */
  @SuppressWarnings("ReferenceEquality") // the same stanza, whatever another may equal
  public List<OutboundStanza> leaving(List<OutboundStanza> stanzas) {
    List<OutboundStanza> changed = null;
    // By index: an iterator for each reply is garbage for nothing.
    for (int i = 0; i < stanzas.size(); i++) {
      OutboundStanza stanza = stanzas.get(i);
      OutboundStanza next = leaving(stanza);
      if (next != stanza && changed == null) {
        changed = new ArrayList<>(stanzas.subList(0, i));
      }
      if (changed != null && next != null) {
        changed.add(next);
      }
    }
    return changed == null ? stanzas : changed;
  }

  private @Nullable OutboundStanza leaving(OutboundStanza stanza) {
    String type = stanza.type();
    if ("error".equals(type)) {
      return errorLeaving(stanza);
    }
    if (stanza.kind() == StanzaKind.IQ) {
      // Requests have an id, and an answer has that of what it answers.
      return stanza;
    }
    OutboundStanza named = withId(stanza);
    if (stanza.kind() == StanzaKind.MESSAGE) {
      if ("groupchat".equals(type)) {
        said(named);
      }
      return named;
    }
    return type == null ? available(named) : unavailable(named, type);
  }

  /**
   * To an occupant every presence error is harmful, and most conditions of others are; to the room
   * itself every error of a message is.
   */
  private @Nullable OutboundStanza errorLeaving(OutboundStanza stanza) {
    if (idle || !occupants.maybeRoom(stanza.to()) || !occupants.knowsRoom(stanza.to().bare())) {
      return stanza;
    }
    boolean always =
        stanza.kind() == StanzaKind.PRESENCE
            || (stanza.kind() == StanzaKind.MESSAGE && stanza.to().isBare());
    return always ? null : OccupantErrors.harmless(stanza);
  }

  private OutboundStanza withId(OutboundStanza stanza) {
    String id = stanza.id();
    return id != null && !id.isEmpty()
        ? stanza
        : OutboundStanza.of(
            stanza.element().toBuilder().attribute("id", common.ids().next()).build());
  }

  /** Something is said in a room. Where we do not know to be there, its id may tell. */
  private void said(OutboundStanza message) {
    Jid room = message.to().bare();
    if (!idle && occupants.find(room, message.from()) != null) {
      return;
    }
    occupants.knowService(room.domain());
    XmlElement body = message.element().child(Namespaces.COMPONENT, "body");
    String words = spoken(room, String.valueOf(message.id()), body == null ? null : body.text());
    synchronized (awaited) {
      awaited.add(words);
      if (awaited.size() > MAX_AWAITED) {
        awaited.remove(awaited.iterator().next());
      }
      awaiting = true;
    }
    idle = false;
  }

  /** An id of ours says enough; another may be anybody's, who says something else then. */
  private static String spoken(Jid room, String id, @Nullable String body) {
    String name = id.length() <= MAX_ID ? id : id.substring(0, MAX_ID) + '#' + id.hashCode();
    String words =
        body == null || StanzaIds.isOne(id) ? "" : " " + body.length() + ' ' + body.hashCode();
    return room.comparable() + ' ' + name + words;
  }

  private OutboundStanza available(OutboundStanza presence) {
    String nick = presence.to().resource();
    if (presence.element().child(Namespaces.MUC, "x") != null) {
      if (nick != null) {
        enters(presence, nick);
      }
      return Join.withoutHistory(presence);
    }
    if (nick != null) {
      Occupant occupant = idle ? null : occupants.find(presence.to().bare(), presence.from());
      if (occupant != null) {
        occupant.renames(nick);
      } else {
        hope(Occupants.key(presence.to().bare(), presence.from()));
      }
    }
    return presence;
  }

  private void enters(OutboundStanza presence, String nick) {
    Jid room = presence.to().bare();
    Jid self = presence.from();
    Occupant occupant;
    synchronized (this) {
      occupant = occupants.find(room, self);
      if (occupant == null || occupant.isOver()) {
        occupant = add(room, self, nick);
      }
    }
    idle = false;
    if (occupant != null) {
      occupant.asked(presence, nick);
    }
  }

  private @Nullable Occupant add(Jid room, Jid self, String nick) {
    Occupant occupant = new Occupant(room, self, nick, common);
    if (occupants.add(occupant)) {
      return occupant;
    }
    if (toldTooMany.compareAndSet(false, true)) {
      listener.accept(new RoomEvent.TooMany(room, self));
    }
    return null;
  }

  /** Some services let in whoever sends a presence without more (XEP-0045, 7.2.1). */
  private void hope(String key) {
    synchronized (hopes) {
      hopes.add(key);
      if (hopes.size() > MAX_HOPES) {
        hopes.remove(hopes.iterator().next());
      }
      hoping = true;
    }
  }

  private OutboundStanza unavailable(OutboundStanza presence, String type) {
    if (type.equals("unavailable") && !idle && !presence.to().isBare()) {
      Occupant occupant = occupants.find(presence.to().bare(), presence.from());
      if (occupant != null) {
        occupant.leaves();
      }
    }
    return presence;
  }

  // ------------------------------------------------------------ what comes

  /**
   * The stanza to process: the same one, or a message with its place in a room; null if nobody else
   * should see it.
   */
  public @Nullable Stanza admit(Stanza stanza) {
    if (stanza instanceof Presence presence) {
      return admit(presence);
    }
    if (invitedAs != null && stanza instanceof Message message) {
      invited(message);
    }
    return idle || !(stanza instanceof Message message) || !occupants.maybeRoom(stanza.from())
        ? stanza
        : admit(message);
  }

  /** Enters the room that the message invites to, if it does. The message goes on. */
  private void invited(Message message) {
    if (message.isError() || message.isGroupchat() || message.payloads().isEmpty()) {
      return;
    }
    ObjectNode said = ChatProperties.of(message);
    JsonNode invite = said == null ? null : said.get("invite");
    Jid room = invite == null ? null : Jid.parse(invite.path("room").asString(null));
    if (room == null
        || !room.isBare()
        || room.local() == null
        || room.hasDomain(message.to().domain())) {
      return;
    }
    if (occupants.all().stream().filter(each -> each.invitation() != null).count() >= MAX_INVITED) {
      listener.accept(new RoomEvent.TooManyInvitations(room, message.to()));
      return;
    }
    Jid self = message.to().bare().withResource(RESOURCE);
    String local = message.to().local();
    String usual = Objects.requireNonNull(invitedAs);
    String nick = local == null ? usual : local;
    String password = Objects.requireNonNull(invite).path("password").asString(null);
    Occupant occupant =
        own(
            room,
            self,
            nick,
            password,
            new RoomMemory.Remembered(room.toString(), self.toString(), nick, password));
    if (occupant != null) {
      remember();
      occupant.streamBack(Duration.ZERO);
    }
  }

  /** Whether the stanza is a room's, and for nobody else to see. */
  boolean take(Stanza stanza) {
    return admit(stanza) == null;
  }

  private @Nullable Stanza admit(Presence presence) {
    String type = presence.type();
    if ((type != null && !type.equals("unavailable") && !presence.isError())
        || ((idle || !occupants.maybeRoom(presence.from())) && !fulfils(presence))) {
      return presence;
    }
    Occupant occupant = occupants.find(presence.from().bare(), presence.to());
    if (occupant != null) {
      occupant.take(presence);
      return occupant.isAsked() ? presence : null;
    }
    if (fulfils(presence)) {
      Occupant found = entered(presence);
      return found == null || found.isAsked() ? presence : null;
    }
    // A room that we have left may not have noticed yet.
    return RESOURCE.equals(presence.to().resource()) ? null : presence;
  }

  /** Whether it may show that a presence of ours has entered a room. */
  private boolean fulfils(Presence presence) {
    return hoping
        && presence.type() == null
        && !presence.from().isBare()
        && presence.hasPayload(Namespaces.MUC_USER, "x");
  }

  private @Nullable Occupant entered(Presence presence) {
    Jid room = presence.from().bare();
    Jid self = presence.to();
    String nick = presence.from().resource();
    if (nick == null
        || !RoomWords.maybeSelf(presence)
        || !RoomWords.of(presence).has(RoomWords.SELF)) {
      return null;
    }
    synchronized (hopes) {
      if (!hopes.remove(Occupants.key(room, self))) {
        return null;
      }
    }
    return foundIn(room, self, nick);
  }

  private synchronized @Nullable Occupant foundIn(Jid room, Jid self, String nick) {
    Occupant occupant = add(room, self, nick);
    if (occupant != null) {
      idle = false;
      occupant.foundIn(nick);
    }
    return occupant;
  }

  private @Nullable Message admit(Message message) {
    Jid from = message.from();
    Jid room = from.bare();
    Occupant occupant = occupants.find(room, message.to());
    if (message.isError()) {
      boolean taken =
          occupant == null ? RESOURCE.equals(message.to().resource()) : occupant.failed(message);
      return taken ? null : message;
    }
    if (message.isGroupchat()) {
      if (!from.isBare() && (occupants.isOurs(from) || isAwaited(message, room, occupant))) {
        if (occupant != null) {
          occupant.heard(message.id());
        }
        if (occupant == null || occupant.isAsked()) {
          ownWords.accept(message);
        }
        return null;
      }
      if (occupant == null) {
        // A room that we have left may not have noticed yet; what people say there is heard till
        // then.
        return RESOURCE.equals(message.to().resource()) && Occupant.isRemark(message)
            ? null
            : message;
      }
      if (occupant.ignores(message)) {
        return null;
      }
    }
    RoomPlace place = occupant == null ? null : occupant.placeOf(from);
    return place == null ? message : message.in(place);
  }

  /**
   * Whether it is what we said, in a room that we did not know to be in: since before our own
   * start, perhaps. From then on we do. Nobody else can have an id of ours before the room has said
   * it.
   */
  private boolean isAwaited(Message message, Jid room, @Nullable Occupant occupant) {
    String id = message.id();
    String nick = message.from().resource();
    if (occupant != null || id == null || nick == null || !awaiting) {
      return false;
    }
    String words = spoken(room, id, message.body());
    synchronized (awaited) {
      if (!awaited.remove(words)) {
        return false;
      }
      awaiting = !awaited.isEmpty();
    }
    foundIn(room, message.to(), nick);
    return true;
  }

  /** The same for a message that came earlier and was kept, with its place as of now. */
  public Stanza kept(Stanza stanza) {
    if (idle
        || !(stanza instanceof Message message)
        || message.isError()
        || !occupants.maybeRoom(stanza.from())) {
      return stanza;
    }
    Occupant occupant = occupants.find(message.from().bare(), message.to());
    RoomPlace place = occupant == null ? null : occupant.placeOf(message.from());
    return place == null ? message : message.in(place);
  }

  // ------------------------------------------------------------ the stream

  /**
   * The stream is lost, so we are in no room any more. Rooms notice this sooner or later, and let
   * us in again.
   */
  public void streamLost() {
    connected = false;
    int lost = 0;
    for (Occupant occupant : occupants.all()) {
      lost += occupant.streamLost() ? 1 : 0;
    }
    if (lost > 0) {
      listener.accept(new RoomEvent.StreamLost(lost));
    }
  }

  /** The stream is back: enters the rooms that we were asked to be in. */
  public void streamBack() {
    connected = true;
    List<Occupant> all = occupants.all();
    for (Occupant occupant : all) {
      occupant.streamBack(common.waits().spread(all.size()));
    }
  }

  /**
   * Leaves the rooms of senders and those that we are in by ourselves. It does not leave rooms that
   * a webhook asked us to be in, so they may not notice that we were away.
   */
  public Mono<Void> leave() {
    return Flux.fromIterable(occupants.all())
        .filter(occupant -> occupant.isIdle() || occupant.isOwnAndIn())
        .flatMap(Occupant::leave)
        .onErrorComplete()
        .then();
  }
}
