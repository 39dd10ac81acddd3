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
 * @param notices what senders are told beside the replies
 */
public record DispatchSettings(
    String domain,
    Set<StanzaKind> postKinds,
    FlowSettings flow,
    Order order,
    Duration queueTimeout,
    Duration iqTimeout,
    RetrySettings retry,
    Notices notices) {

  public DispatchSettings {
    postKinds = Set.copyOf(postKinds);
  }

  /** Without notices. */
  public DispatchSettings(
      String domain,
      Set<StanzaKind> postKinds,
      FlowSettings flow,
      Order order,
      Duration queueTimeout,
      Duration iqTimeout,
      RetrySettings retry) {
    this(domain, postKinds, flow, order, queueTimeout, iqTimeout, retry, Notices.NONE);
  }

  /** With the usual retries, without notices. */
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
    return new DispatchSettings(
        domain, postKinds, flow, order, queueTimeout, iqTimeout, next, notices);
  }

  /** These with other notices. */
  public DispatchSettings withNotices(Notices next) {
    return new DispatchSettings(
        domain, postKinds, flow, order, queueTimeout, iqTimeout, retry, next);
  }

  /** These with another flow. */
  public DispatchSettings withFlow(FlowSettings next) {
    return new DispatchSettings(
        domain, postKinds, next, order, queueTimeout, iqTimeout, retry, notices);
  }

  /** What is kept in order. */
  public enum Order {
    /** Stanzas of one pair of bare addresses, one after another. */
    CONVERSATION,
    /** Nothing. */
    NONE
  }
}
