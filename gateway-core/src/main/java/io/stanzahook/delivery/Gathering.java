package io.stanzahook.delivery;

import io.stanzahook.exchange.Batch;
import io.stanzahook.order.KeyedOrder.Company;
import io.stanzahook.webhook.Batching;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds those that go with a delivery in one batch: of the same destination, as many as there may
 * be, and no more bytes than there may be. One of a batch that failed for one of its stanzas goes
 * with its like only, and with fewer of them each time: so others do not suffer for it.
 *
 * <p>One object for all batches. Belongs to the dispatcher's turns.
 */
final class Gathering implements Company<Delivery> {
  /** Two brackets. */
  private static final int FRAME = 2;

  /** What a stamp adds to a stanza that is late. */
  private static final int STAMP = 512;

  /** Of a batch that is only measured. */
  private static final String NO_ID = "";

  private final Batching batching;
  private final Predicate<Delivery> stays;
  private final Lateness isLate;
  private final List<Delivery> together = new ArrayList<>();
  private BatchSettings settings = BatchSettings.ONE_BY_ONE;
  private int most;
  private boolean suspect;
  private long now;
  private @Nullable Object destination;

  /** Bytes of the body at most; or exactly, once that came close to the limit. */
  private long bytes;

  private boolean exact;

  /** Whether one is to be stamped, by the clock. */
  interface Lateness {
    boolean test(Delivery delivery, long now);
  }

  /**
   * Gathers for calls of a webhook that takes batches.
   *
   * @param stays whether one goes into no batch
   * @param isLate whether one is to be stamped
   */
  Gathering(Batching batching, Predicate<Delivery> stays, Lateness isLate) {
    this.batching = batching;
    this.stays = stays;
    this.isLate = isLate;
  }

  Batching batching() {
    return batching;
  }

  /** Begins with one; the list gets the others. To be given back by {@link #end}. */
  List<Delivery> begin(Delivery first, BatchSettings next, long at) {
    settings = next;
    now = at;
    suspect = first.mostTogether > 0;
    most = suspect ? Math.min(next.most(), first.mostTogether) : next.most();
    destination = batching.destination(first.stanza);
    bytes = FRAME + bound(first);
    exact = false;
    together.add(first);
    return together;
  }

  /** They are taken. */
  void end() {
    together.clear();
    destination = null;
  }

  @Override
  public Answer admits(Delivery delivery) {
    if (together.size() >= most) {
      return Answer.FULL;
    }
    if (delivery.isRequest()
        || delivery.batch != null
        || delivery.mostTogether > 0 != suspect
        || stays.test(delivery)
        || !Objects.equals(batching.destination(delivery.stanza), destination)) {
      return Answer.STAYS;
    }
    if (suspect && together.size() >= delivery.mostTogether) {
      return Answer.FULL;
    }
    if (!fits(delivery)) {
      return Answer.FULL;
    }
    if (suspect) {
      most = Math.min(most, delivery.mostTogether);
    }
    return Answer.JOINS;
  }

  private boolean fits(Delivery delivery) {
    if (!exact) {
      long bound = bytes + bound(delivery);
      if (bound <= settings.bytes()) {
        bytes = bound;
        return true;
      }
      exact = true;
      bytes = FRAME;
      for (Delivery each : together) {
        bytes += size(each);
      }
    }
    long more = size(delivery);
    if (bytes + more > settings.bytes()) {
      return false;
    }
    bytes += more;
    return true;
  }

  private long bound(Delivery delivery) {
    return (isLate.test(delivery, now) ? STAMP : 0) + (long) batching.bound(delivery.stanza);
  }

  /** With the comma behind it, in place of the brackets around it. */
  private long size(Delivery delivery) {
    return (isLate.test(delivery, now) ? STAMP : 0L)
        + batching.size(Batch.of(NO_ID, delivery.stanza, delivery.webhookId, delivery.attempt + 1))
        - FRAME
        + 1;
  }
}
