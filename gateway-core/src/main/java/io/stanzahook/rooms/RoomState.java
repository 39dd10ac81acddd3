package io.stanzahook.rooms;

import java.util.Locale;

/** The state of one of our addresses in a room that it is or should be in. */
public enum RoomState {
  /** In it. */
  JOINED,
  /** Asked to be let in, and not answered yet. */
  ENTERING,
  /** Out, and to be entered again. */
  LOST;

  /** The label's value in {@code rooms}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
