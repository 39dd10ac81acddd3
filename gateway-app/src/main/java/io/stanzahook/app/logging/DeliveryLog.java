package io.stanzahook.app.logging;

import io.stanzahook.dispatch.DeliveryListener;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.DroppedReply;
import io.stanzahook.webhook.WebhookResult;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what an operator has to know of deliveries: what failed, and what was not sent. */
public final class DeliveryLog implements DeliveryListener {
  private static final Logger log = LoggerFactory.getLogger("webhook");

  /** Kinds of line that are held back apart from each other. */
  private enum Kind {
    FAILED,
    DROPPED,
    REFUSED
  }

  private final String component;
  private final Map<Kind, LogThrottle> throttles = new EnumMap<>(Kind.class);

  /** A log of that component's deliveries. */
  public DeliveryLog(String component) {
    this(component, System::nanoTime);
  }

  DeliveryLog(String component, LongSupplier nanoTime) {
    this.component = component;
    for (Kind kind : Kind.values()) {
      throttles.put(kind, new LogThrottle(nanoTime));
    }
  }

  @Override
  public void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
    if (result instanceof WebhookResult.Failed failed) {
      warn(
          Kind.FAILED,
          stanza,
          "attempt %d of webhook call %s failed (%s, status %s): %s"
              .formatted(
                  attempt,
                  webhookId,
                  failed.outcome().label(),
                  failed.status() == 0 ? "none" : failed.status(),
                  failed.detail()));
    }
  }

  @Override
  public void dropped(Stanza stanza, String webhookId, DroppedReply dropped) {
    warn(
        Kind.DROPPED,
        stanza,
        "a reply of webhook call %s was not sent (%s): %s"
            .formatted(webhookId, dropped.reason().label(), dropped.detail()));
  }

  @Override
  public void refused(Stanza stanza, RefusalReason reason) {
    // A foreign addressee and a room's echo are any user's doing: counted, and shown where looked
    // for.
    switch (reason) {
      case QUEUE_FULL, QUEUE_TIMEOUT, SHUTDOWN ->
          warn(Kind.REFUSED, stanza, "was turned away (%s)".formatted(reason.label()));
      case FOREIGN_TO, ROOM_ECHO ->
          log.debug("{}: {} was turned away ({})", component, describe(stanza), reason.label());
    }
  }

  private void warn(Kind kind, Stanza stanza, String what) {
    int heldBack = Objects.requireNonNull(throttles.get(kind)).pass();
    if (heldBack == 0) {
      log.warn("{}: {}: {}", component, describe(stanza), what);
    } else if (heldBack > 0) {
      log.warn(
          "{}: {}: {} (and {} such lines held back)", component, describe(stanza), what, heldBack);
    }
  }

  private static String describe(Stanza stanza) {
    return stanza.kind().elementName() + " from " + stanza.from() + " to " + stanza.to();
  }
}
