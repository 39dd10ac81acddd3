package io.stanzahook.delivery;

import io.stanzahook.delivery.FlowSettings.Overload;

/**
 * How many stanzas to ask the stream for. Under {@link Overload#BACKPRESSURE} as many as there is
 * room for; under {@link Overload#REJECT}, and while draining, always some more, since what has no
 * room is turned away. Never without end, since what was asked for cannot be taken back when the
 * policy changes.
 *
 * <p>Not thread-safe.
 */
final class Demand {
  /** Demand is renewed when this much of the queue, at most, is free and not asked for. */
  private static final int MAX_BATCH = 64;

  /** Asked for ahead where what has no room is turned away. */
  private static final int AHEAD = 2 * MAX_BATCH;

  /** Asked of the stream and not come yet. */
  private long requested;

  /** One of those has come. */
  void arrived() {
    requested--;
  }

  /** Whether all that was asked for has come: nothing is read. */
  boolean isSpent() {
    return requested <= 0;
  }

  /**
   * What to ask for now, and taken for asked.
   *
   * @param room places in the queue that are not taken
   */
  long more(FlowSettings flow, long room) {
    return ask(flow, flow.overload() == Overload.REJECT ? AHEAD : room);
  }

  /**
   * The same while draining: nothing is queued any more.
   *
   * @param room for what is kept on disk even then
   * @param unwritten answers that are not written yet
   */
  long moreWhileDraining(FlowSettings flow, long room, long unwritten) {
    return ask(flow, Math.min(room, AHEAD - unwritten));
  }

  private long ask(FlowSettings flow, long wanted) {
    long more = wanted - requested;
    if (more < Math.max(1, Math.min(MAX_BATCH, flow.queue() / 4))) {
      return 0;
    }
    requested += more;
    return more;
  }
}
