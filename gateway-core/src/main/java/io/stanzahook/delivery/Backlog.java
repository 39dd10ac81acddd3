package io.stanzahook.delivery;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Stanza;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries that wait, and the conversations they belong to: knows which may be called next.
 *
 * <p>A conversation costs nothing once it has nothing to deliver. Not thread-safe.
 */
final class Backlog {
  /** Kept ones of one conversation in memory; those behind them stay on disk until it is theirs. */
  static final int MOST_OF_ONE = 128;

  /** Kept ones that conversations leave on disk so, at most: eight bytes each. */
  static final int MOST_ON_DISK = 1_000_000;

  /** What waits behind held answers may wait so long beyond the time-out of the queue. */
  static final long LONGEST_BEHIND_HELD = 10 * Brake.MINUTE;

  private final DispatchSettings settings;
  private final Map<ConversationKey, Lane> lanes = new HashMap<>();

  /** Conversations whose next stanza may be called as soon as there is a place. */
  private final Queue<Lane> ready = new ArrayDeque<>();

  /** Conversations that have only those on disk left. */
  private final Queue<Lane> hungry = new ArrayDeque<>();

  private int onDisk;

  private final DeliveryList waiting = new DeliveryList();

  /** Apart, because their time is that of the retries. */
  private final DeliveryList waitingKept = new DeliveryList();

  /** Those whose time was over behind a held answer, which is not their fault: they get more. */
  private final DeliveryList waitingBehindHeld = new DeliveryList();

  /** Apart, because their time-out is another. */
  private final DeliveryList waitingIqs = new DeliveryList();

  Backlog(DispatchSettings settings) {
    this.settings = settings;
  }

  /** How many wait. */
  int size() {
    return unkept() + waitingKept.size();
  }

  /** Whether so many were left on disk that no more may be looked at. */
  boolean isDiskFull() {
    return onDisk >= MOST_ON_DISK;
  }

  /** How many of those are in the spool. */
  int kept() {
    return waitingKept.size();
  }

  /** How many of those are not in the spool. */
  int unkept() {
    return waiting.size() + waitingBehindHeld.size() + waitingIqs.size();
  }

  /** The one that has waited longest, or null. */
  @Nullable Delivery oldest() {
    return Delivery.older(
        Delivery.older(waiting.oldest(), waitingIqs.oldest()),
        Delivery.older(waitingBehindHeld.oldest(), waitingKept.oldest()));
  }

  /**
   * Enters a stanza.
   *
   * @param placeFree whether a call could begin now
   * @return the delivery if it may be called now; null if it waits
   */
  @Nullable Delivery enter(Stanza stanza, String webhookId, long now, boolean placeFree) {
    return enter(stanza, webhookId, now, 0, false, placeFree);
  }

  /**
   * Enters a message that the spool keeps.
   *
   * @param placeFree whether a call could begin now
   * @param call takes it if it may be called now
   * @return false where it was left on disk
   */
  boolean enter(Kept kept, boolean placeFree, Consumer<Delivery> call) {
    int before = size();
    Delivery delivery =
        enter(
            kept.stanza(),
            kept.webhookId(),
            kept.received(),
            kept.position(),
            kept.redelivered(),
            placeFree);
    if (delivery != null) {
      call.accept(delivery);
    }
    return delivery != null || size() > before;
  }

  private @Nullable Delivery enter(
      Stanza stanza,
      String webhookId,
      long received,
      long position,
      boolean redelivered,
      boolean placeFree) {
    ConversationKey key =
        settings.order() == DispatchSettings.Order.CONVERSATION ? ConversationKey.of(stanza) : null;
    Lane lane = key == null ? null : lanes.get(key);
    if (lane != null && lane.held && stanza instanceof Iq) {
      key = null;
      lane = null;
    }
    boolean busy = lane != null;
    if (lane != null && position > 0 && staysOnDisk(lane)) {
      lane.leaveOnDisk(position);
      onDisk++;
      return null;
    }
    if (lane == null) {
      lane = new Lane(key);
      if (key != null) {
        lanes.put(key, lane);
      }
    }
    Delivery delivery = new Delivery(stanza, received, webhookId, lane);
    delivery.position = position;
    delivery.redelivered = redelivered;
    if (!busy && placeFree) {
      return delivery;
    }
    lane.add(delivery);
    listOf(delivery).add(delivery);
    if (!busy) {
      ready.add(lane);
    }
    return null;
  }

  private boolean staysOnDisk(Lane lane) {
    return lane.onDisk() > 0 || (lane.waiting() >= MOST_OF_ONE && onDisk < MOST_ON_DISK);
  }

  /** An answer of that conversation is held: all wait behind it but iqs, which have no time. */
  void hold(Lane lane) {
    lane.held = true;
    lane.braked = true;
    for (Delivery each = lane.first(); each != null; ) {
      Delivery next = each.next;
      if (each.stanza instanceof Iq) {
        lane.remove(each);
        each.lane = new Lane(null);
        each.lane.add(each);
        ready.add(each.lane);
      }
      each = next;
    }
  }

  /** How many wait in memory behind a held answer of that conversation. */
  int behindHeld(ConversationKey key) {
    Lane lane = lanes.get(key);
    return lane != null && lane.held ? lane.waiting() : 0;
  }

  /** A call of that conversation has ended: its next one, if any, gets in line. */
  void callEnded(Lane lane) {
    lane.held = false;
    if (lane.hasNext()) {
      ready.add(lane);
    } else if (lane.onDisk() > 0) {
      hungry.add(lane);
    } else if (lane.key != null) {
      lanes.remove(lane.key);
    }
  }

  /** Takes a conversation whose next ones are to be read from disk, or null. */
  @Nullable Lane pollHungry() {
    return hungry.poll();
  }

  /**
   * The first ones of a conversation were read from disk.
   *
   * @param count how many positions that were
   * @param read those of them that are still there
   */
  void broughtFromDisk(Lane lane, int count, List<Kept> read) {
    lane.broughtFromDisk(count);
    onDisk -= count;
    for (Kept kept : read) {
      Delivery delivery = new Delivery(kept.stanza(), kept.received(), kept.webhookId(), lane);
      delivery.position = kept.position();
      delivery.redelivered = kept.redelivered();
      lane.add(delivery);
      waitingKept.add(delivery);
    }
    callEnded(lane);
  }

  /** Reading them failed; they are to be read again. */
  void stillHungry(Lane lane) {
    hungry.add(lane);
  }

  /** Takes the next delivery that may be called, or null. */
  @Nullable Delivery poll() {
    for (Lane lane = ready.poll(); lane != null; lane = ready.poll()) {
      Delivery delivery = lane.poll();
      if (delivery != null) {
        listOf(delivery).remove(delivery);
        return delivery;
      }
      // All that waited here was refused meanwhile.
      callEnded(lane);
    }
    return null;
  }

  /** Takes out those that have waited too long. */
  void expire(long now, Consumer<Delivery> expired) {
    long most = settings.queueTimeout().toNanos();
    waiting.expire(
        now,
        most,
        delivery -> {
          if (delivery.lane.braked) {
            delivery.behindHeld = true;
            waitingBehindHeld.add(delivery);
          } else {
            refusing(expired).accept(delivery);
          }
        });
    waitingBehindHeld.expire(now, most + LONGEST_BEHIND_HELD, refusing(expired));
    waitingIqs.expire(now, Math.min(most, settings.iqTimeout().toNanos()), refusing(expired));
  }

  /** Lets go of those that the spool keeps. */
  void forgetKept() {
    waitingKept.clear(refusing(delivery -> {}));
  }

  /** Takes out all. */
  void clear(Consumer<Delivery> each) {
    waitingBehindHeld.clear(refusing(each));
    waiting.clear(refusing(each));
    waitingIqs.clear(refusing(each));
  }

  private static Consumer<Delivery> refusing(Consumer<Delivery> then) {
    return delivery -> {
      delivery.lane.remove(delivery);
      then.accept(delivery);
    };
  }

  private DeliveryList listOf(Delivery delivery) {
    if (delivery.isKept()) {
      return waitingKept;
    }
    if (delivery.stanza instanceof Iq) {
      return waitingIqs;
    }
    return delivery.behindHeld ? waitingBehindHeld : waiting;
  }
}
