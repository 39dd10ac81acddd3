package io.stanzahook.rooms;

import io.stanzahook.stanza.Jid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which of our addresses is or should be in which room, and under which nick. Addresses are
 * compared in the way of {@link io.stanzahook.stanza.Jid#comparable}.
 *
 * <p>Thread-safe. Keys are text, so that maps stay fast whatever strangers choose.
 */
final class Occupants {
  /** Domains of room services that are told apart from others before anything else. */
  static final int MAX_SERVICES = 32;

  private final int most;
  private final Map<String, Occupant> byPlace = new ConcurrentHashMap<>();

  /** By the room's address with the nick: how many of ours have it. */
  private final Map<String, Integer> nicks = new ConcurrentHashMap<>();

  /** By the room's address: how many of ours are, or are to be, there. */
  private final Map<String, Integer> rooms = new ConcurrentHashMap<>();

  private final List<String> services = new ArrayList<>();

  /** Null where there are too many to look for; empty where there is no room. */
  private volatile String @Nullable [] known = {};

  /**
   * Keeps the occupants that we have in rooms.
   *
   * @param most how many at most
   */
  Occupants(int most) {
    this.most = most;
  }

  /** That address's place in that room, or null. */
  @Nullable Occupant find(Jid room, Jid self) {
    return byPlace.get(key(room, self));
  }

  /** Whether one of ours is, or is to be, in that room. */
  boolean knowsRoom(Jid room) {
    return rooms.containsKey(room.comparable());
  }

  static String key(Jid room, Jid self) {
    return room.comparable() + ' ' + self.comparable();
  }

  /** Adds one; false where there are as many as may be. */
  boolean add(Occupant occupant) {
    if (byPlace.size() >= most) {
      return false;
    }
    if (byPlace.put(occupant.key, occupant) == null) {
      rooms.merge(occupant.room.comparable(), 1, Integer::sum);
    }
    knowService(occupant.room.domain());
    return true;
  }

  void remove(Occupant occupant) {
    if (byPlace.remove(occupant.key, occupant)) {
      rooms.computeIfPresent(
          occupant.room.comparable(), (key, count) -> count == 1 ? null : count - 1);
    }
  }

  List<Occupant> all() {
    return List.copyOf(byPlace.values());
  }

  /** Whether one of ours has that place in a room: its address with a nick. */
  boolean isOurs(Jid place) {
    return !nicks.isEmpty() && nicks.containsKey(place.comparable());
  }

  /** One of ours has that nick from now on. */
  void named(Jid place) {
    nicks.merge(place.comparable(), 1, Integer::sum);
  }

  /** One of ours has that nick no more. */
  void unnamed(Jid place) {
    nicks.computeIfPresent(place.comparable(), (key, count) -> count == 1 ? null : count - 1);
  }

  /** Stanzas from that domain may come from rooms. */
  synchronized void knowService(String domain) {
    if (known == null || services.contains(domain)) {
      return;
    }
    services.add(domain);
    known = services.size() > MAX_SERVICES ? null : services.toArray(String[]::new);
  }

  /** Whether it may come from a room: asked of each stanza, so without any work where none does. */
  boolean maybeRoom(Jid from) {
    String[] domains = known;
    if (domains == null) {
      return true;
    }
    for (String domain : domains) {
      if (from.hasDomain(domain)) {
        return true;
      }
    }
    return false;
  }
}
