package io.stanzahook.app;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.rooms.RoomListener;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.stream.WrittenStanza;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.DroppedReply;
import io.stanzahook.webhook.WebhookResult;
import io.stanzahook.wire.StreamEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two listeners where the gateway takes one. */
final class Listeners {
  private Listeners() {}

  /** Deliveries, told to both. */
  record Deliveries(DeliveryListener first, DeliveryListener second) implements DeliveryListener {
    @Override
    public void received(Stanza stanza) {
      first.received(stanza);
      second.received(stanza);
    }

    @Override
    public void refused(Stanza stanza, RefusalReason reason) {
      first.refused(stanza, reason);
      second.refused(stanza, reason);
    }

    @Override
    public void calling(Stanza stanza, String webhookId, int attempt) {
      first.calling(stanza, webhookId, attempt);
      second.calling(stanza, webhookId, attempt);
    }

    @Override
    public void called(
        Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
      first.called(stanza, webhookId, attempt, result, nanos);
      second.called(stanza, webhookId, attempt, result, nanos);
    }

    @Override
    public void retrying(
        Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {
      first.retrying(stanza, webhookId, attempt, failed, in);
      second.retrying(stanza, webhookId, attempt, failed, in);
    }

    @Override
    public void gaveUp(Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failed) {
      first.gaveUp(stanza, webhookId, attempts, failed);
      second.gaveUp(stanza, webhookId, attempts, failed);
    }

    @Override
    public void breakerChanged(String endpoint, BreakerState before, BreakerState after) {
      first.breakerChanged(endpoint, before, after);
      second.breakerChanged(endpoint, before, after);
    }

    @Override
    public void endpointGone(String endpoint) {
      first.endpointGone(endpoint);
      second.endpointGone(endpoint);
    }

    @Override
    public void buried(Stanza stanza, String webhookId, String cause) {
      first.buried(stanza, webhookId, cause);
      second.buried(stanza, webhookId, cause);
    }

    @Override
    public void deadLettersDiscarded(int count) {
      first.deadLettersDiscarded(count);
      second.deadLettersDiscarded(count);
    }

    @Override
    public void dropped(Stanza stanza, String webhookId, DroppedReply dropped) {
      first.dropped(stanza, webhookId, dropped);
      second.dropped(stanza, webhookId, dropped);
    }

    @Override
    public void sent(OutboundStanza stanza) {
      first.sent(stanza);
      second.sent(stanza);
    }

    @Override
    public void answerHeld(Stanza stanza, String webhookId, long nanos, boolean first) {
      this.first.answerHeld(stanza, webhookId, nanos, first);
      second.answerHeld(stanza, webhookId, nanos, first);
    }

    @Override
    public void looksLikeBots(Stanza stanza) {
      first.looksLikeBots(stanza);
      second.looksLikeBots(stanza);
    }

    @Override
    public void settled(Stanza stanza, String webhookId, long nanos) {
      first.settled(stanza, webhookId, nanos);
      second.settled(stanza, webhookId, nanos);
    }
  }

  /** A stream's events, told to both. */
  record Streams(StreamListener first, StreamListener second) implements StreamListener {
    @Override
    public void connected() {
      first.connected();
      second.connected();
    }

    @Override
    public void disconnected(String reason) {
      first.disconnected(reason);
      second.disconnected(reason);
    }

    @Override
    public void disconnected(String reason, String explanation) {
      first.disconnected(reason, explanation);
      second.disconnected(reason, explanation);
    }

    @Override
    public void refused(StreamEvent.Refused stanza) {
      first.refused(stanza);
      second.refused(stanza);
    }

    @Override
    public void sent(OutboundStanza stanza) {
      first.sent(stanza);
      second.sent(stanza);
    }

    @Override
    public void quarantined(String condition, List<WrittenStanza> suspects) {
      first.quarantined(condition, suspects);
      second.quarantined(condition, suspects);
    }

    @Override
    public void paused() {
      first.paused();
      second.paused();
    }

    @Override
    public void resumed() {
      first.resumed();
      second.resumed();
    }

    @Override
    public void status(StreamStatus status, @Nullable String detail) {
      first.status(status, detail);
      second.status(status, detail);
    }
  }

  /** What happens in chat rooms, told to both. */
  record Rooms(RoomListener first, RoomListener second) implements RoomListener {
    @Override
    public void lost(Loss loss) {
      first.lost(loss);
      second.lost(loss);
    }

    @Override
    public void entered(Jid room, Jid self, String nick, boolean again, boolean made) {
      first.entered(room, self, nick, again, made);
      second.entered(room, self, nick, again, made);
    }

    @Override
    public void streamLost(int rooms) {
      first.streamLost(rooms);
      second.streamLost(rooms);
    }

    @Override
    public void tooMany(Jid room, Jid self) {
      first.tooMany(room, self);
      second.tooMany(room, self);
    }
  }
}
