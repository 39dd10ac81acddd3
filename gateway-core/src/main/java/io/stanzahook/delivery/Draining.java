package io.stanzahook.delivery;

/**
 * How far the end has come. Where nothing was read for want of room when it began, the server has
 * sent more than was taken: that is still read, and turned away, for otherwise its senders would
 * never hear of it. When it is over cannot be seen but by nothing coming any more; a server may go
 * on sending, so that is not waited for without end.
 *
 * <p>Changed within the dispatcher's turns; {@link #hasBegun} on any thread.
 */
final class Draining {
  /** Looks, one a tick, for what the server sent before, at most. */
  private static final int MOST_TICKS = 4;

  private volatile boolean begun;
  private boolean streamEnded;
  private boolean arrived;
  private int ticksLeft;

  boolean hasBegun() {
    return begun;
  }

  /**
   * No more stanzas are taken from now on.
   *
   * @param behind whether reading had stopped
   */
  void begin(boolean behind) {
    begun = true;
    ticksLeft = behind && !streamEnded ? MOST_TICKS : 0;
  }

  /** No more stanzas come. */
  void streamEnded() {
    streamEnded = true;
    ticksLeft = 0;
  }

  /** A stanza came. */
  void arrived() {
    arrived = true;
  }

  /** Some time has passed. */
  void tick() {
    if (ticksLeft > 0) {
      ticksLeft = arrived ? ticksLeft - 1 : 0;
      arrived = false;
    }
  }

  /** Whether what the server sent before is read, as far as that can be known. */
  boolean hasCaughtUp() {
    return ticksLeft == 0;
  }
}
