package io.stanzahook.rooms;

import io.stanzahook.stanza.Jid;
import java.time.Duration;

/**
 * An event in the chat rooms of a component. Events come on event loops and timers. Listeners must
 * be quick and must not throw.
 */
public sealed interface RoomEvent {

  /**
   * One of our addresses is not in a room that it was asked to be in, or could not enter.
   *
   * @param nick ours, or the one that is wanted
   * @param detail the reason that the room or a person gave; may be empty
   * @param again the time until the next attempt
   * @param wasIn whether we were in until now; otherwise an attempt to enter failed
   * @param news whether the previous attempt had another result
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
   * @param again whether the gateway entered by itself, because the room was lost
   * @param made whether there was no such room, and it was created by entering
   */
  record Entered(Jid room, Jid self, String nick, boolean again, boolean made)
      implements RoomEvent {}

  /**
   * A room that invited one of our addresses has put it out, or does not let it in after all. It is
   * not entered again.
   */
  record Dismissed(Jid room, Jid self, LossReason reason, String detail) implements RoomEvent {}

  /** The stream is lost, and this many rooms with it. They are entered again when it is back. */
  record StreamLost(int rooms) implements RoomEvent {}

  /**
   * There are too many rooms: this one is entered, but will not be entered again when it is lost.
   */
  record TooMany(Jid room, Jid self) implements RoomEvent {}

  /** There are {@link Rooms#MAX_INVITED} rooms that invited us: this one is not entered. */
  record TooManyInvitations(Jid room, Jid self) implements RoomEvent {}
}
