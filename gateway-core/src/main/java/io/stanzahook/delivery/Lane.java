package io.stanzahook.delivery;

import org.jspecify.annotations.Nullable;

/**
 * One conversation with stanzas not settled yet: they are called one after another. Exists only as
 * long as it has some.
 */
final class Lane {
  /** Null where nothing is kept in order, so that nobody else finds this lane. */
  final @Nullable ConversationKey key;

  /** Whether an answer of it is held. */
  boolean held;

  /** Whether one was held since it exists. */
  boolean braked;

  private @Nullable Delivery first;
  private @Nullable Delivery last;
  private int waiting;

  /** Of those behind them that are on disk only; null where there never were any. */
  private @Nullable Positions onDisk;

  Lane(@Nullable ConversationKey key) {
    this.key = key;
  }

  void add(Delivery delivery) {
    Delivery end = last;
    delivery.previous = end;
    if (end == null) {
      first = delivery;
    } else {
      end.next = delivery;
    }
    last = delivery;
    waiting++;
  }

  /** Takes out one that waits here: it was given up. */
  void remove(Delivery delivery) {
    Delivery before = delivery.previous;
    Delivery after = delivery.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    delivery.previous = null;
    delivery.next = null;
    waiting--;
  }

  /** The first that waits here, or null. */
  @Nullable Delivery first() {
    return first;
  }

  /** How many wait in memory. */
  int waiting() {
    return waiting;
  }

  /** How many wait behind them on disk only. */
  int onDisk() {
    return onDisk == null ? 0 : onDisk.size();
  }

  /** One more that waits on disk only. */
  void leaveOnDisk(long position) {
    if (onDisk == null) {
      onDisk = new Positions();
    }
    onDisk.addLast(position);
  }

  /** The first of those on disk. */
  long[] firstOnDisk(int most) {
    return onDisk == null ? new long[0] : onDisk.peek(most);
  }

  /** The first of those on disk are in memory now, or no more. */
  void broughtFromDisk(int count) {
    if (onDisk != null) {
      onDisk.remove(count);
    }
  }

  /** Whether a delivery waits here. */
  boolean hasNext() {
    return first != null;
  }

  /** Takes the next delivery, or null. */
  @Nullable Delivery poll() {
    Delivery delivery = first;
    if (delivery != null) {
      remove(delivery);
    }
    return delivery;
  }
}
