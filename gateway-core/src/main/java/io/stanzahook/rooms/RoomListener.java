package io.stanzahook.rooms;

import io.stanzahook.stanza.Jid;
import java.time.Duration;

/**
 * Observes the rooms of one component. Calls come on event loops and timers, must be quick and must
 * not throw.
 */
public interface RoomListener {
  /** A listener that does nothing. */
  RoomListener NONE = new RoomListener() {};

  /**
   * One of our addresses is not in a room where it was asked to be, or could not be let in.
   *
   * @param nick ours, or the one that is wanted
   * @param detail what the room, or a person there, says of it; may be empty
   * @param again in how long it is tried again
   * @param wasIn whether we were in until now; else it was tried to enter, in vain
   * @param news whether this is not what the attempt before came to
   */
  record Loss(
      Jid room,
      Jid self,
      String nick,
      LossReason reason,
      String detail,
      Duration again,
      boolean wasIn,
      boolean news) {}

  /** We are out of a room, or still are. */
  default void lost(Loss loss) {}

  /**
   * A room has let one of our addresses in.
   *
   * @param again whether the gateway entered it by itself, since it was lost
   * @param made whether the room was gone, and was made anew by that
   */
  default void entered(Jid room, Jid self, String nick, boolean again, boolean made) {}

  /** The stream is lost, and so many rooms with it; they are entered again once it is back. */
  default void streamLost(int rooms) {}

  /** There are too many rooms to know: this one is entered, and not entered again when lost. */
  default void tooMany(Jid room, Jid self) {}
}
