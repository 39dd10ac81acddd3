package io.stanzahook.dispatch;

import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.Set;

/**
 * How stanzas flow to the webhook.
 *
 * @param domain the component's domain
 * @param postKinds the kinds of stanza that go to the webhook
 * @param flow how much at once; may change while stanzas flow
 * @param order what is kept in order
 * @param queueTimeout a stanza waiting longer is answered with an error
 * @param iqTimeout an iq request is answered within this
 * @param retry which deliveries are tried again
 */
public record DispatchSettings(
    String domain,
    Set<StanzaKind> postKinds,
    FlowSettings flow,
    Order order,
    Duration queueTimeout,
    Duration iqTimeout,
    RetrySettings retry) {

  public DispatchSettings {
    postKinds = Set.copyOf(postKinds);
  }

  /** With the usual retries. */
  public DispatchSettings(
      String domain,
      Set<StanzaKind> postKinds,
      FlowSettings flow,
      Order order,
      Duration queueTimeout,
      Duration iqTimeout) {
    this(domain, postKinds, flow, order, queueTimeout, iqTimeout, RetrySettings.DEFAULT);
  }

  /** These with other retries. */
  public DispatchSettings withRetry(RetrySettings next) {
    return new DispatchSettings(domain, postKinds, flow, order, queueTimeout, iqTimeout, next);
  }

  /** What is kept in order. */
  public enum Order {
    /** Stanzas of one pair of bare addresses, one after another. */
    CONVERSATION,
    /** Nothing. */
    NONE
  }
}
