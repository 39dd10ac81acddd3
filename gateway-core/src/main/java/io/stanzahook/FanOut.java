package io.stanzahook;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.rooms.RoomEvent;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.ServerKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.stream.WrittenStanza;
import io.stanzahook.webhook.EndpointEvent;
import io.stanzahook.wire.StreamEvent;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several observers where a gateway takes one of each kind: each is told of each event, in the
 * order of the lists, on the thread that the event comes from.
 */
public final class FanOut implements DeliveryListener, StreamListener, Consumer<RoomEvent> {
  // Arrays: most of this is called several times for each stanza.
  private final DeliveryListener[] deliveries;
  private final StreamListener[] streams;
  private final List<Consumer<RoomEvent>> rooms;

  /** Tells those of deliveries and of the stream, and nobody of chat rooms. */
  public FanOut(List<DeliveryListener> deliveries, List<StreamListener> streams) {
    this(deliveries, streams, List.of());
  }

  /** Tells those of deliveries, of the stream and of chat rooms. */
  public FanOut(
      List<DeliveryListener> deliveries,
      List<StreamListener> streams,
      List<Consumer<RoomEvent>> rooms) {
    this.deliveries = deliveries.toArray(DeliveryListener[]::new);
    this.streams = streams.toArray(StreamListener[]::new);
    this.rooms = List.copyOf(rooms);
  }

  @Override
  public void received(Stanza stanza) {
    for (DeliveryListener each : deliveries) {
      each.received(stanza);
    }
  }

  @Override
  public void refused(Stanza stanza, RefusalReason reason) {
    for (DeliveryListener each : deliveries) {
      each.refused(stanza, reason);
    }
  }

  @Override
  public void waiting(Stanza stanza, String webhookId) {
    for (DeliveryListener each : deliveries) {
      each.waiting(stanza, webhookId);
    }
  }

  @Override
  public void waitingRefused(Stanza stanza, String webhookId, RefusalReason reason) {
    for (DeliveryListener each : deliveries) {
      each.waitingRefused(stanza, webhookId, reason);
    }
  }

  @Override
  public void calling(Stanza stanza, String webhookId, int attempt) {
    for (DeliveryListener each : deliveries) {
      each.calling(stanza, webhookId, attempt);
    }
  }

  @Override
  public void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
    for (DeliveryListener each : deliveries) {
      each.called(stanza, webhookId, attempt, result, nanos);
    }
  }

  @Override
  public void calling(Batch batch) {
    for (DeliveryListener each : deliveries) {
      each.calling(batch);
    }
  }

  @Override
  public void called(Batch batch, WebhookResult result, long nanos) {
    for (DeliveryListener each : deliveries) {
      each.called(batch, result, nanos);
    }
  }

  @Override
  public void retrying(
      Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {
    for (DeliveryListener each : deliveries) {
      each.retrying(stanza, webhookId, attempt, failed, in);
    }
  }

  @Override
  public void gaveUp(Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failed) {
    for (DeliveryListener each : deliveries) {
      each.gaveUp(stanza, webhookId, attempts, failed);
    }
  }

  @Override
  public void endpoint(EndpointEvent event) {
    for (DeliveryListener each : deliveries) {
      each.endpoint(event);
    }
  }

  @Override
  public void buried(Stanza stanza, String webhookId, String cause) {
    for (DeliveryListener each : deliveries) {
      each.buried(stanza, webhookId, cause);
    }
  }

  @Override
  public void deadLettersDiscarded(int count) {
    for (DeliveryListener each : deliveries) {
      each.deadLettersDiscarded(count);
    }
  }

  @Override
  public void dropped(Stanza stanza, String webhookId, DroppedReply dropped) {
    for (DeliveryListener each : deliveries) {
      each.dropped(stanza, webhookId, dropped);
    }
  }

  @Override
  public void answerHeld(Stanza stanza, String webhookId, long nanos, boolean first) {
    for (DeliveryListener each : deliveries) {
      each.answerHeld(stanza, webhookId, nanos, first);
    }
  }

  @Override
  public void looksLikeBots(Stanza stanza) {
    for (DeliveryListener each : deliveries) {
      each.looksLikeBots(stanza);
    }
  }

  @Override
  public void sent(OutboundStanza stanza) {
    for (DeliveryListener each : deliveries) {
      each.sent(stanza);
    }
  }

  @Override
  public void settled(Stanza stanza, String webhookId, long nanos) {
    for (DeliveryListener each : deliveries) {
      each.settled(stanza, webhookId, nanos);
    }
  }

  @Override
  public void recognised(ServerKind server) {
    for (StreamListener each : streams) {
      each.recognised(server);
    }
  }

  @Override
  public void connected() {
    for (StreamListener each : streams) {
      each.connected();
    }
  }

  @Override
  public void disconnected(String reason, String explanation) {
    for (StreamListener each : streams) {
      each.disconnected(reason, explanation);
    }
  }

  @Override
  public void refused(StreamEvent.Refused stanza) {
    for (StreamListener each : streams) {
      each.refused(stanza);
    }
  }

  @Override
  public void bounced(OutboundStanza bounce) {
    for (StreamListener each : streams) {
      each.bounced(bounce);
    }
  }

  @Override
  public void quarantined(String condition, List<WrittenStanza> suspects) {
    for (StreamListener each : streams) {
      each.quarantined(condition, suspects);
    }
  }

  @Override
  public void paused() {
    for (StreamListener each : streams) {
      each.paused();
    }
  }

  @Override
  public void resumed() {
    for (StreamListener each : streams) {
      each.resumed();
    }
  }

  @Override
  public void status(StreamStatus status, @Nullable String detail) {
    for (StreamListener each : streams) {
      each.status(status, detail);
    }
  }

  @Override
  public void accept(RoomEvent event) {
    rooms.forEach(each -> each.accept(event));
  }
}
