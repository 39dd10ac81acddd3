package io.stanzahook.delivery;

import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Setting;

/**
 * How many stanzas and calls at the same time. All of these settings may change while stanzas flow.
 */
public record FlowSettings(
    @Setting(
            name = "concurrency",
            value = "N|auto",
            fallback = "auto",
            min = Concurrency.MIN,
            max = Concurrency.MAX,
            live = true,
            help =
                "maximum number of webhook calls in flight; `auto` finds the number that the "
                    + "webhook can take without making calls wait")
        Concurrency concurrency,
    @Setting(
            name = "queue",
            value = "N",
            fallback = "10000",
            min = 1,
            max = FlowSettings.MAX_QUEUE,
            live = true,
            help = "maximum number of waiting stanzas, in addition to those in flight")
        int queue,
    @Setting(
            name = "overload",
            value = "POLICY",
            fallback = "backpressure",
            live = true,
            help =
                "when the queue is full, `backpressure` stops reading from the server; `reject` "
                    + "answers `resource-constraint` and continues reading")
        Overload overload,
    @Setting(
            name = "answers-per-minute",
            value = "N",
            fallback = "0",
            max = FlowSettings.MAX_ANSWERS,
            live = true,
            help =
                "maximum number of answers that leave in one conversation within a minute, to "
                    + "slow down two bots that answer each other; further ones wait until the minute "
                    + "is over, except those to an iq; `0`: no limit")
        int answersPerMinute,
    BatchSettings batches) {
  /** The longest queue there can be. */
  public static final int MAX_QUEUE = 10_000_000;

  /** The maximum number of answers a minute that can be set. */
  public static final int MAX_ANSWERS = 1_000_000;

  /** Without a limit of answers, and without batches. */
  public FlowSettings(Concurrency concurrency, int queue, Overload overload) {
    this(concurrency, queue, overload, 0, BatchSettings.ONE_BY_ONE);
  }

  /** These with other batches. */
  public FlowSettings withBatch(BatchSettings next) {
    return new FlowSettings(concurrency, queue, overload, answersPerMinute, next);
  }

  /** How many stanzas can be in calls at the same time. */
  public int mostCalled() {
    return (int) Math.min(Concurrency.MAX, (long) concurrency.most() * batches.most());
  }

  /** What happens when the queue is full. */
  public enum Overload {
    /** Stop reading the XMPP socket. */
    BACKPRESSURE,
    /** Answer {@code wait}/{@code resource-constraint} and go on reading. */
    REJECT
  }
}
