package io.stanzahook.rooms;

import io.stanzahook.stanza.Jid;
import java.time.Duration;

/**
 * What happens to a component in its chat rooms. Told on event loops and timers: who takes it must
 * be quick and must not throw.
 */
public sealed interface RoomEvent {

  /**
   * One of our addresses is not in a room where it was asked to be, or could not be let in.
   *
   * @param nick ours, or the one that is wanted
   * @param detail what the room, or a person there, says of it; may be empty
   * @param again in how long it is tried again
   * @param wasIn whether we were in until now; else the attempt to enter failed
   * @param news whether this is not what the attempt before came to
   */
  record Lost(
      Jid room,
      Jid self,
      String nick,
      LossReason reason,
      String detail,
      Duration again,
      boolean wasIn,
      boolean news)
      implements RoomEvent {}

  /**
   * A room has let one of our addresses in.
   *
   * @param again whether the gateway entered it by itself, since it was lost
   * @param made whether the room was gone, and was made anew by that
   */
  record Entered(Jid room, Jid self, String nick, boolean again, boolean made)
      implements RoomEvent {}

  /** The stream is lost, and so many rooms with it; they are entered again once it is back. */
  record StreamLost(int rooms) implements RoomEvent {}

  /** There are too many rooms to know: this one is entered, and not entered again when lost. */
  record TooMany(Jid room, Jid self) implements RoomEvent {}
}
