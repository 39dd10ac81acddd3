package io.stanzahook.app.sandbox;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.wire.StreamEvent;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Carries the steps of all parts of the sandbox to the thread that prints them. */
final class Steps {
  /** Steps that are not printed yet. Further ones are lost, because an event loop must not wait. */
  static final int MAX_WAITING = 10_000;

  /** A queue without a lock, because event loops use it. At most {@link #MAX_WAITING} steps. */
  private final BlockingQueue<Step> waiting = new LinkedTransferQueue<>();

  private final AtomicInteger size = new AtomicInteger();

  /** Adds a step. Never waits. */
  void add(Step step) {
    if (size.incrementAndGet() > MAX_WAITING) {
      size.decrementAndGet();
    } else {
      waiting.add(step);
    }
  }

  /** The next step; null if none comes within this time. */
  @Nullable Step poll(Duration most) throws InterruptedException {
    Step next = waiting.poll(most.toNanos(), TimeUnit.NANOSECONDS);
    if (next != null) {
      size.decrementAndGet();
    }
    return next;
  }

  /** Observes the deliveries of the gateway. */
  DeliveryListener deliveries() {
    return new DeliveryListener() {
      @Override
      public void received(Stanza stanza) {
        add(new Step.Taken());
      }

      @Override
      public void refused(Stanza stanza, RefusalReason reason) {
        add(new Step.TurnedAway(reason.label()));
      }

      @Override
      public void calling(Stanza stanza, String webhookId, int attempt) {
        add(new Step.Called());
      }

      @Override
      public void called(
          Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
        if (result instanceof WebhookResult.Answered answered
            && answered.replies().isEmpty()
            && answered.dropped().isEmpty()) {
          add(new Step.Silence(answered.status()));
        }
      }

      @Override
      public void dropped(Stanza stanza, String webhookId, DroppedReply dropped) {
        add(new Step.Dropped(dropped.reason().label(), dropped.detail()));
      }

      @Override
      public void sent(OutboundStanza stanza) {
        add(new Step.Written());
      }

      @Override
      public void settled(Stanza stanza, String webhookId, long nanos) {
        add(new Step.Settled(String.valueOf(stanza.id())));
      }
    };
  }

  /** Observes the stanzas that the gateway cannot read. */
  StreamListener streams() {
    return new StreamListener() {
      @Override
      public void refused(StreamEvent.Refused stanza) {
        add(new Step.TurnedAway(stanza.reason().label()));
      }

      @Override
      public void bounced(OutboundStanza stanza) {
        add(new Step.Written());
      }
    };
  }

  /** Observes the stanzas that the server gets from the gateway. */
  ComponentServerListener server() {
    return new ComponentServerListener() {
      @Override
      public void received(Stanza stanza) {
        add(new Step.ReplyOut(stanza));
      }
    };
  }
}
