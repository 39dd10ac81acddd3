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
 * Finds the deliveries that share a batch with a delivery: those with the same destination, within
 * the limits of stanzas and bytes. After the webhook has refused a batch, its deliveries are only
 * together with each other, and with fewer of them each time. So a stanza that the webhook refuses
 * harms no others.
 *
 * <p>One object for all batches. Belongs to the dispatcher's turns.
 */
final class Gathering implements Company<Delivery> {
  /** The bytes of two brackets. */
  private static final int FRAME = 2;

  /** The bytes that a stamp adds to a late stanza. */
  private static final int STAMP = 512;

  /** The id of a batch that is only measured. */
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

  /**
   * An upper bound of the bytes of the body; the exact number when the bound has come close to the
   * limit.
   */
  private long bytes;

  private boolean exact;

  /** Whether a delivery gets a stamp. */
  interface Lateness {
    boolean test(Delivery delivery, long now);
  }

  /**
   * Gathers for calls of a webhook that takes batches.
   *
   * @param stays whether a delivery may not be in a batch
   * @param isLate whether a delivery gets a stamp
   */
  Gathering(Batching batching, Predicate<Delivery> stays, Lateness isLate) {
    this.batching = batching;
    this.stays = stays;
    this.isLate = isLate;
  }

  Batching batching() {
    return batching;
  }

  /** Begins with a delivery. The list receives the others. Call {@link #end} after that. */
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

  /** Ends: the list was used. */
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

  /** The bytes with a comma after the stanza, and without brackets around it. */
  private long size(Delivery delivery) {
    return (isLate.test(delivery, now) ? STAMP : 0L)
        + batching.size(Batch.of(NO_ID, delivery.stanza, delivery.webhookId, delivery.attempt + 1))
        - FRAME
        + 1;
  }
}
