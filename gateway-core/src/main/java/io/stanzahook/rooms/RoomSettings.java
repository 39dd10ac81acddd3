package io.stanzahook.rooms;

import io.stanzahook.settings.Setting;
import io.stanzahook.stanza.Jid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The chat rooms that a component is in by itself.
 *
 * @param rooms entered as soon as the stream is there, at most {@link #MAX_ROOMS}
 * @param acceptInvitations whether rooms that it is invited to are entered, too
 */
public record RoomSettings(
    @Setting(
            name = "room",
            value = "JID[/NICK]",
            live = true,
            help =
                "a chat room that the component enters at start and after every loss; with "
                    + "`?password=…` at its end, its password; repeatable, in the file also a list of "
                    + "mappings with `jid`, `nick` and `password`")
        List<Room> rooms,
    @Setting(
            name = "accept-invitations",
            value = "on|off",
            fallback = "off",
            help = "enters chat rooms that it is invited to, and stays; remembered with `--spool`")
        boolean acceptInvitations) {

  /** The maximum number of rooms. */
  public static final int MAX_ROOMS = 1_000;

  /** No rooms. */
  public static final RoomSettings NONE = new RoomSettings(List.of(), false);

  /**
   * Checks the bound, and that no room is given twice.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public RoomSettings {
    rooms = List.copyOf(rooms);
    if (rooms.size() > MAX_ROOMS) {
      throw new IllegalArgumentException("room: there are more than " + MAX_ROOMS + " rooms");
    }
    Set<String> seen = new HashSet<>();
    for (Room room : rooms) {
      if (!seen.add(room.address().comparable())) {
        throw new IllegalArgumentException("room: '" + room.address() + "' is given twice");
      }
    }
  }

  /**
   * A room to be in.
   *
   * @param address its bare address
   * @param nick the wanted nick; null for the component's name
   * @param password null for none
   */
  public record Room(Jid address, @Nullable String nick, @Nullable String password) {
    private static final String PASSWORD = "?password=";

    /** Begins a value of a mapping of the file; what follows up to the next one is the value. */
    private static final Pattern KEY = Pattern.compile("(?:^| )(jid|nick|password)=");

    /**
     * Reads {@code JID[/NICK][?password=…]}, or a mapping's {@code jid=… nick=… password=…}.
     *
     * @throws IllegalArgumentException saying what is wrong, without the password
     */
    public static Room parse(String text) {
      String given = text.strip();
      Matcher key = KEY.matcher(given);
      if (key.find() && key.start() == 0) {
        return ofMapping(given);
      }
      int question = given.indexOf(PASSWORD);
      String address = question < 0 ? given : given.substring(0, question);
      return of(address, null, question < 0 ? null : given.substring(question + PASSWORD.length()));
    }

    private static Room ofMapping(String text) {
      Map<String, String> values = new TreeMap<>();
      List<int[]> places = new ArrayList<>();
      Matcher key = KEY.matcher(text);
      while (key.find()) {
        places.add(new int[] {key.start(), key.end()});
        if (values.put(key.group(1), "") != null) {
          throw new IllegalArgumentException("has '" + key.group(1) + "' twice");
        }
      }
      for (int i = 0; i < places.size(); i++) {
        int end = i + 1 < places.size() ? places.get(i + 1)[0] : text.length();
        String name = text.substring(places.get(i)[0], places.get(i)[1] - 1).strip();
        values.put(name, text.substring(places.get(i)[1], end));
      }
      String jid = values.get("jid");
      if (jid == null) {
        throw new IllegalArgumentException("has no 'jid'");
      }
      return of(jid, values.get("nick"), values.get("password"));
    }

    private static Room of(String address, @Nullable String nick, @Nullable String password) {
      Jid jid = Jid.parse(address);
      if (jid == null || jid.local() == null) {
        throw new IllegalArgumentException(
            "'%s' is not the address of a room, such as ops@rooms.example.org or".formatted(address)
                + " ops@rooms.example.org/nick");
      }
      String wanted = nick == null ? jid.resource() : nick;
      if (wanted != null && Jid.parse(jid.bare() + "/" + wanted) == null) {
        throw new IllegalArgumentException("'" + wanted + "' cannot be a nick");
      }
      return new Room(jid.bare(), wanted, password == null || password.isEmpty() ? null : password);
    }

    @Override
    public String toString() {
      return address + (nick == null ? "" : "/" + nick) + (password == null ? "" : " (password)");
    }
  }
}
