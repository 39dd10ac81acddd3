package io.stanzahook.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * One conversation with stanzas not settled yet: they are called one after another. Exists only as
 * long as it has some.
 */
final class Lane {
  /** Null where nothing is kept in order, so that nobody else finds this lane. */
  final @Nullable ConversationKey key;

  private @Nullable Delivery first;
  private @Nullable Delivery last;

  Lane(@Nullable ConversationKey key) {
    this.key = key;
  }

  void add(Delivery delivery) {
    Delivery end = last;
    if (first == null || end == null) {
      first = delivery;
    } else {
      end.next = delivery;
    }
    last = delivery;
  }

  /** Whether a delivery waits here; those refused meanwhile do not count. */
  boolean hasNext() {
    while (first != null && first.refused) {
      first = first.next;
    }
    if (first == null) {
      last = null;
    }
    return first != null;
  }

  /** Takes the next delivery that was not refused meanwhile, or null. */
  @Nullable Delivery poll() {
    if (!hasNext()) {
      return null;
    }
    Delivery delivery = first;
    first = delivery == null ? null : delivery.next;
    return delivery;
  }
}
