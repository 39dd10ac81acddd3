package io.stanzahook.app.logging;

import io.stanzahook.rooms.LossReason;
import io.stanzahook.rooms.RoomEvent;
import io.stanzahook.rooms.Rooms;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs which chat rooms a component enters and loses, and why. */
public final class RoomLog implements Consumer<RoomEvent> {
  private static final Logger log = LoggerFactory.getLogger("rooms");

  /** Of each reason, the times in one interval that have a line of their own. */
  private static final int FIRST = 5;

  private static final String ENTERED = "entered";

  private final String component;
  private final FloodGate<String> gate;

  /**
   * A log of that component's rooms.
   *
   * @param intervals of its sums
   */
  public RoomLog(String component, Intervals intervals) {
    this.component = component;
    this.gate = new FloodGate<>(FIRST, intervals, new Sums());
  }

  @Override
  public void accept(RoomEvent event) {
    if (event instanceof RoomEvent.Lost loss) {
      lost(loss);
    } else if (event instanceof RoomEvent.Entered entered) {
      entered(entered);
    } else if (event instanceof RoomEvent.Dismissed dismissed) {
      dismissed(dismissed);
    } else if (event instanceof RoomEvent.StreamLost lost) {
      streamLost(lost.rooms());
    } else if (event instanceof RoomEvent.TooMany more) {
      tooMany(more);
    } else if (event instanceof RoomEvent.TooManyInvitations more) {
      tooManyInvitations(more);
    }
  }

  private void lost(RoomEvent.Lost loss) {
    String room = LogText.of(loss.room().toString());
    if (!loss.news()) {
      log.debug("{}: still not in the room '{}': {}", component, room, loss.reason().words());
      return;
    }
    if (gate.passes(loss.reason().label())) {
      Fields.at(log.atWarn(), component)
          .with("room", room)
          .with("reason", loss.reason().label())
          .log(
              "%s the room '%s' as '%s', %s: %s%s; enters again in %s%s"
                  .formatted(
                      loss.wasIn() ? "out of" : "not let into",
                      room,
                      LogText.of(loss.nick()),
                      LogText.of(loss.self().toString()),
                      loss.reason().words(),
                      loss.detail().isEmpty() ? "" : " (" + LogText.of(loss.detail()) + ")",
                      time(loss.again()),
                      loss.reason() == LossReason.DESTROYED
                          ? ", if somebody has created it by then"
                          : ", and tries until it is in, or is told to leave"));
    }
  }

  private void dismissed(RoomEvent.Dismissed gone) {
    String room = LogText.of(gone.room().toString());
    if (gate.passes(gone.reason().label())) {
      Fields.at(log.atInfo(), component)
          .with("room", room)
          .with("reason", gone.reason().label())
          .log(
              "out of the room '%s', %s, for good: %s%s; invite it again if it should come back"
                  .formatted(
                      room,
                      LogText.of(gone.self().toString()),
                      gone.reason().words(),
                      gone.detail().isEmpty() ? "" : " (" + LogText.of(gone.detail()) + ")"));
    }
  }

  private static String time(Duration wait) {
    return wait.toMinutes() > 1 ? wait.toMinutes() + " min" : (wait.toMillis() + 999) / 1000 + " s";
  }

  private void entered(RoomEvent.Entered entered) {
    String room = LogText.of(entered.room().toString());
    if (gate.passes(ENTERED)) {
      Fields.at(log.atInfo(), component)
          .with("room", room)
          .log(
              "in the room '%s' as '%s', %s%s%s"
                  .formatted(
                      room,
                      LogText.of(entered.nick()),
                      LogText.of(entered.self().toString()),
                      entered.again() ? ", again" : "",
                      made(entered)));
    }
  }

  private static String made(RoomEvent.Entered entered) {
    if (!entered.made()) {
      return "";
    }
    return (entered.again()
            ? ". The room was gone and was created again"
            : ". The room was created")
        + ", with the service's defaults: make it persistent";
  }

  private void streamLost(int rooms) {
    Fields.at(log.atInfo(), component)
        .with("count", rooms)
        .log(
            "%s entered again when the stream is back"
                .formatted(rooms == 1 ? "one room is" : rooms + " rooms are"));
  }

  private void tooMany(RoomEvent.TooMany more) {
    String room = LogText.of(more.room().toString());
    Fields.at(log.atWarn(), component)
        .with("room", room)
        .log(
            ("more than %d rooms were entered: '%s' as %s and all further ones will not be"
                    + " entered again when they are lost; leave some")
                .formatted(Rooms.MAX_OCCUPANTS, room, LogText.of(more.self().toString())));
  }

  private void tooManyInvitations(RoomEvent.TooManyInvitations more) {
    if (gate.passes("invited")) {
      String room = LogText.of(more.room().toString());
      Fields.at(log.atWarn(), component)
          .with("room", room)
          .log(
              ("%d rooms have invited the component, so the invitation of %s to '%s' is not"
                      + " accepted; leave some, or add rooms with --room")
                  .formatted(Rooms.MAX_INVITED, LogText.of(more.self().toString()), room));
    }
  }

  private final class Sums implements FloodGate.Sums<String> {
    @Override
    public void more(String kind, int count) {
      Fields.at(kind.equals(ENTERED) ? log.atInfo() : log.atWarn(), component)
          .with("count", count)
          .log(
              "%s %d more rooms within %d s%s"
                  .formatted(
                      kind.equals(ENTERED) ? "in" : "out of, or not let into,",
                      count,
                      FloodGate.INTERVAL.toSeconds(),
                      kind.equals(ENTERED) ? "" : " (" + kind + ")"));
    }

    @Override
    public void others(int count) {
      // There are fewer reasons than kinds told apart.
    }
  }
}
