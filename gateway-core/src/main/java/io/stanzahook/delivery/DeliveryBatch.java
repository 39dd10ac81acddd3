package io.stanzahook.delivery;

import io.stanzahook.exchange.Batch;
import io.stanzahook.stanza.Stanza;
import java.util.List;

/**
 * Deliveries that go to the webhook in one call. After a failure that may pass, they wait as the
 * batch of the next attempt. The first of them has the permit, or waits for it.
 *
 * @param retryAt when the call may begin; 0 for the first attempt
 * @param retryUntil when the time of one of its deliveries is over; 0 for the first attempt
 */
record DeliveryBatch(String id, int attempt, List<Delivery> members, long retryAt, long retryUntil)
    implements Batch {
  Delivery first() {
    return members.get(0);
  }

  @Override
  public int size() {
    return members.size();
  }

  @Override
  public Stanza stanza(int index) {
    return members.get(index).stanza;
  }

  @Override
  public String webhookId(int index) {
    return members.get(index).webhookId;
  }

  @Override
  public int attempt(int index) {
    return members.get(index).attempt;
  }
}
