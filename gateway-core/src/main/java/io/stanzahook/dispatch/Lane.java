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
  private int waiting;

  /** Of those behind them that are on disk only; null where there never were any. */
  private @Nullable Positions onDisk;

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
    waiting++;
  }

  /** How many wait in memory, those refused meanwhile included. */
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

  /** Whether a delivery waits here; those refused meanwhile do not count. */
  boolean hasNext() {
    while (first != null && first.refused) {
      first = first.next;
      waiting--;
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
    waiting--;
    return delivery;
  }
}
