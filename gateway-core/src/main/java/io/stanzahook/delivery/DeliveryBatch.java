package io.stanzahook.delivery;

import io.stanzahook.exchange.Batch;
import io.stanzahook.stanza.Stanza;
import java.util.List;

/**
 * Deliveries that go to the webhook in one call, and in another one after a failure that may pass.
 * The first of them has the permit, or waits for it. It belongs to the dispatcher's turns, except
 * for what a call reads.
 */
final class DeliveryBatch implements Batch {
  private final String id;
  private final Delivery[] members;
  private int attempt;

  /** When its next attempt may begin, and when the time of one of its deliveries is over. */
  long retryAt;

  long retryUntil;

  DeliveryBatch(String id, List<Delivery> members) {
    this.id = id;
    this.members = members.toArray(Delivery[]::new);
  }

  /** An attempt begins. */
  void calling() {
    attempt++;
  }

  /** The breaker held the attempt back, so it does not count. */
  void heldBack() {
    attempt--;
  }

  Delivery first() {
    return members[0];
  }

  Delivery member(int index) {
    return members[index];
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public int size() {
    return members.length;
  }

  @Override
  public Stanza stanza(int index) {
    return members[index].stanza;
  }

  @Override
  public String webhookId(int index) {
    return members[index].webhookId;
  }

  @Override
  public int attempt(int index) {
    return members[index].attempt;
  }
}
