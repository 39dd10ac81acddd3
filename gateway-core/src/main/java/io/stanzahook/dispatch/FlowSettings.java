package io.stanzahook.dispatch;

/**
 * What may change while stanzas flow.
 *
 * @param concurrency webhook calls in flight at most
 * @param queue stanzas waiting at most, beyond those in flight
 * @param overload what happens when the queue is full
 */
public record FlowSettings(Concurrency concurrency, int queue, Overload overload) {
  /** The longest queue there can be. */
  public static final int MOST_QUEUE = 10_000_000;

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public FlowSettings {
    if (queue < 1 || queue > MOST_QUEUE) {
      throw new IllegalArgumentException("queue must be from 1 to " + MOST_QUEUE);
    }
  }

  /** What happens when the queue is full. */
  public enum Overload {
    /** Stop reading the XMPP socket. */
    BACKPRESSURE,
    /** Answer {@code wait}/{@code resource-constraint} and go on reading. */
    REJECT
  }
}
