package io.stanzahook.dispatch;

import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.Set;

/**
 * How stanzas flow to the webhook.
 *
 * @param domain the component's domain
 * @param postKinds the kinds of stanza that go to the webhook
 * @param concurrency webhook calls in flight at most
 * @param queue stanzas waiting at most, beyond those in flight
 * @param order what is kept in order
 * @param overload what happens when the queue is full
 * @param queueTimeout a stanza waiting longer is answered with an error
 * @param iqTimeout an iq request is answered within this
 */
public record DispatchSettings(
    String domain,
    Set<StanzaKind> postKinds,
    int concurrency,
    int queue,
    Order order,
    Overload overload,
    Duration queueTimeout,
    Duration iqTimeout) {

  public DispatchSettings {
    postKinds = Set.copyOf(postKinds);
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1");
    }
    if (queue < 1) {
      throw new IllegalArgumentException("queue must be at least 1");
    }
  }

  /** What is kept in order. */
  public enum Order {
    /** Stanzas of one pair of bare addresses, one after another. */
    CONVERSATION,
    /** Nothing. */
    NONE
  }

  /** What happens when the queue is full. */
  public enum Overload {
    /** Stop reading the XMPP socket. */
    BACKPRESSURE,
    /** Answer {@code wait}/{@code resource-constraint} and go on reading. */
    REJECT
  }
}
