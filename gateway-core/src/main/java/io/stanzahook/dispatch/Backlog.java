package io.stanzahook.dispatch;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Stanza;
import java.util.ArrayDeque;
import java.util.HashMap;
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
  private final DispatchSettings settings;
  private final Map<ConversationKey, Lane> lanes = new HashMap<>();

  /** Conversations whose next stanza may be called as soon as there is a place. */
  private final Queue<Lane> ready = new ArrayDeque<>();

  private final DeliveryList waiting = new DeliveryList();

  /** Apart, because their time is that of the retries. */
  private final DeliveryList waitingKept = new DeliveryList();

  /** Apart, because their time-out is another. */
  private final DeliveryList waitingIqs = new DeliveryList();

  Backlog(DispatchSettings settings) {
    this.settings = settings;
  }

  /** How many wait. */
  int size() {
    return unkept() + waitingKept.size();
  }

  /** How many of those are not in the spool. */
  int unkept() {
    return waiting.size() + waitingIqs.size();
  }

  /** The one that has waited longest, or null. */
  @Nullable Delivery oldest() {
    return Delivery.older(
        Delivery.older(waiting.oldest(), waitingIqs.oldest()), waitingKept.oldest());
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

  /** As {@link #enter(Stanza, String, long, boolean)}, one that the spool keeps. */
  @Nullable Delivery enter(Kept kept, boolean placeFree) {
    return enter(
        kept.stanza(),
        kept.webhookId(),
        kept.received(),
        kept.position(),
        kept.redelivered(),
        placeFree);
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
    boolean busy = lane != null;
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

  /** A call of that conversation has ended: its next one, if any, gets in line. */
  void callEnded(Lane lane) {
    if (lane.hasNext()) {
      ready.add(lane);
    } else if (lane.key != null) {
      lanes.remove(lane.key);
    }
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
      if (lane.key != null) {
        lanes.remove(lane.key);
      }
    }
    return null;
  }

  /** Takes out those that have waited too long. */
  void expire(long now, Consumer<Delivery> expired) {
    long most = settings.queueTimeout().toNanos();
    waiting.expire(now, most, refusing(expired));
    waitingIqs.expire(now, Math.min(most, settings.iqTimeout().toNanos()), refusing(expired));
  }

  /** Lets go of those that the spool keeps. */
  void forgetKept() {
    waitingKept.clear(refusing(delivery -> {}));
  }

  /** Takes out all. */
  void clear(Consumer<Delivery> each) {
    waiting.clear(refusing(each));
    waitingIqs.clear(refusing(each));
  }

  private static Consumer<Delivery> refusing(Consumer<Delivery> then) {
    return delivery -> {
      delivery.refused = true;
      then.accept(delivery);
    };
  }

  private DeliveryList listOf(Delivery delivery) {
    if (delivery.isKept()) {
      return waitingKept;
    }
    return delivery.stanza instanceof Iq ? waitingIqs : waiting;
  }
}
