package io.stanzahook.delivery;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries in the order they came; each can be taken out at once. A delivery is in one list at
 * most.
 */
final class DeliveryList {
  private @Nullable Delivery oldest;
  private @Nullable Delivery youngest;
  private int size;

  int size() {
    return size;
  }

  @Nullable Delivery oldest() {
    return oldest;
  }

  void add(Delivery delivery) {
    Delivery before = youngest;
    delivery.older = before;
    if (before == null) {
      oldest = delivery;
    } else {
      before.younger = delivery;
    }
    youngest = delivery;
    size++;
  }

  void remove(Delivery delivery) {
    Delivery before = delivery.older;
    Delivery after = delivery.younger;
    if (before == null) {
      oldest = after;
    } else {
      before.younger = after;
    }
    if (after == null) {
      youngest = before;
    } else {
      after.older = before;
    }
    delivery.older = null;
    delivery.younger = null;
    size--;
  }

  /** Takes out those received at least that long ago; for a list in which all may wait equally. */
  void expire(long now, long timeoutNanos, Consumer<Delivery> expired) {
    Delivery delivery = oldest;
    while (delivery != null && now - delivery.received >= timeoutNanos) {
      remove(delivery);
      expired.accept(delivery);
      delivery = oldest;
    }
  }

  /** Takes out all. */
  void clear(Consumer<Delivery> each) {
    for (Delivery delivery = oldest; delivery != null; delivery = oldest) {
      remove(delivery);
      each.accept(delivery);
    }
  }
}
