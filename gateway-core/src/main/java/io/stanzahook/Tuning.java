package io.stanzahook;

import io.stanzahook.dispatch.FlowSettings;
import io.stanzahook.dispatch.RetrySettings;
import io.stanzahook.webhook.WebhookSettings;
import java.time.Duration;

/**
 * What may be changed while the gateway runs.
 *
 * @param flow how much at once
 * @param timeout of one webhook attempt, connect to last byte
 * @param retryFor how long a delivery is retried, from its first attempt on
 */
public record Tuning(FlowSettings flow, Duration timeout, Duration retryFor) {

  /** What waits to be written beyond the answers to what was let in: local answers. */
  private static final int LOCAL_ANSWERS = 10_000;

  /** What one stanza may be answered with, on average. */
  private static final int ANSWERS_EACH = 2;

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public Tuning {
    WebhookSettings.checkTimeout(timeout);
    RetrySettings.checkRetryFor(retryFor);
  }

  /** How many stanzas may wait to be written: the answers to all that can be here at once. */
  public int maxPending() {
    long all = (long) flow.concurrency().most() + flow.queue();
    return (int) Math.min(Integer.MAX_VALUE, ANSWERS_EACH * all + LOCAL_ANSWERS);
  }
}
