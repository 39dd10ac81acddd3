package io.stanzahook.delivery;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.order.KeyedOrder;
import io.stanzahook.order.Wheel;
import io.stanzahook.webhook.Batching;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Says when a batch begins, and who is in it.
 *
 * <p>A batch begins at once if it is full. Otherwise it begins when all stanzas that were read
 * together with its first one have come, or later if it waits for more. So a stanza that comes
 * alone does not wait.
 *
 * <p>In it are deliveries with the same destination, within the limits of stanzas and bytes. After
 * the webhook has refused a batch, its deliveries are only together with each other, and with fewer
 * of them each time. So a stanza that the webhook refuses harms no others.
 *
 * <p>Belongs to the dispatcher's turns.
 */
final class Batches implements KeyedOrder.Company<Delivery> {
  /** The bytes of two brackets. */
  private static final int FRAME = 2;

  /** The bytes that a stamp adds to a late stanza. */
  private static final int STAMP = 512;

  /** The id of a batch that is only measured. */
  private static final String NO_ID = "";

  private final Batching batching;
  private final KeyedOrder<ConversationKey, Delivery> order;
  private final Wheel wheel;
  private final Predicate<Delivery> staysBehind;
  private final WebhookIds ids = new WebhookIds(new SecureRandom(), "bat_");
  private final Runnable burstEnds;

  /** More stanzas that were read together may follow. */
  private boolean burst;

  /** Ends the time that the deliveries in line wait for more stanzas; null if they do not. */
  private Wheel.@Nullable Timer waiting;

  /** The deliveries in line have waited long enough. */
  private boolean open;

  // Of the batch that is being made:
  private final List<Delivery> together = new ArrayList<>();
  private BatchSettings settings = BatchSettings.ONE_BY_ONE;
  private int most;
  private boolean suspect;
  private boolean full;
  private long now;
  private @Nullable Object destination;

  /**
   * An upper bound of the bytes of the body; the exact number when the bound has come close to the
   * limit.
   */
  private long bytes;

  private boolean exact;

  /**
   * Batches for a webhook that takes them. None begins before stanzas are in line.
   *
   * @param staysBehind whether a delivery may not be in a batch, because its own turn decides what
   *     becomes of it
   */
  Batches(
      Batching batching,
      KeyedOrder<ConversationKey, Delivery> order,
      Wheel wheel,
      Predicate<Delivery> staysBehind) {
    this.batching = batching;
    this.order = order;
    this.wheel = wheel;
    this.staysBehind = staysBehind;
    Runnable ended = () -> burst = false;
    this.burstEnds = () -> order.turns().take(ended);
  }

  Mono<WebhookResult> post(DeliveryBatch batch) {
    return batching.post(batch);
  }

  /** A stanza comes. On an event loop, others that were read together with it will follow. */
  void arrives(Delivery delivery) {
    if (delivery.isRequest()) {
      open();
    }
    EventExecutor loop = burst ? null : ThreadExecutorMap.currentExecutor();
    if (loop != null) {
      try {
        loop.execute(burstEnds);
        burst = true;
      } catch (RejectedExecutionException e) {
        // The loop ends, and nothing follows.
      }
    }
  }

  /** The deliveries in line do not wait. */
  void open() {
    open = true;
    if (waiting != null) {
      wheel.cancel(waiting);
      waiting = null;
    }
  }

  /** Whether a batch may begin: that of the first delivery in line. */
  boolean mayBegin(BatchSettings limits) {
    int limit = limits.most();
    int inLine = order.inLine();
    boolean fills = !limits.fillTime().isZero();
    open &= inLine > 0;
    if (open || inLine == 0 || (inLine >= limit && !fills)) {
      return true;
    } else if (burst && inLine < limit) {
      return false;
    } else if (!fills || order.inLine(limit, each -> batching.destination(each.stanza)) >= limit) {
      return true;
    }
    if (waiting == null) {
      waiting = wheel.in(limits.fillTime().toNanos(), this::open);
    }
    return false;
  }

  /** The batch of a delivery whose turn it is, and of those that join it. */
  DeliveryBatch batch(Delivery first, BatchSettings next, long at) {
    settings = next;
    now = at;
    suspect = first.mostTogether > 0;
    most = suspect ? Math.min(next.most(), first.mostTogether) : next.most();
    full = first.isRequest();
    destination = batching.destination(first.stanza);
    bytes = FRAME + bound(first);
    exact = false;
    together.add(first);
    try {
      order.join(together, this);
      return new DeliveryBatch(ids.next(), 1, List.copyOf(together), 0, 0);
    } finally {
      together.clear();
      destination = null;
    }
  }

  @Override
  public boolean isFull() {
    return full || together.size() >= most;
  }

  @Override
  public boolean admits(Delivery delivery) {
    if (delivery.isRequest()
        || delivery.batch != null
        || delivery.mostTogether > 0 != suspect
        || staysBehind.test(delivery)
        || !Objects.equals(batching.destination(delivery.stanza), destination)) {
      return false;
    }
    if (suspect) {
      most = Math.min(most, delivery.mostTogether);
    }
    full = isFull() || !fits(delivery);
    return !full;
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
    return (delivery.isLate(now) ? STAMP : 0) + (long) batching.bound(delivery.stanza);
  }

  /** The bytes with a comma after the stanza, and without brackets around it. */
  private long size(Delivery delivery) {
    return (delivery.isLate(now) ? STAMP : 0L)
        + batching.size(Batch.of(NO_ID, delivery.stanza, delivery.webhookId, delivery.attempt + 1))
        - FRAME
        + 1;
  }
}
