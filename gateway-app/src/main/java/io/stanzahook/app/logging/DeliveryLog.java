package io.stanzahook.app.logging;

import io.stanzahook.dispatch.DeliveryListener;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.DroppedReply;
import io.stanzahook.webhook.WebhookResult;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what an operator has to know of deliveries: what failed, and what was not sent. */
public final class DeliveryLog implements DeliveryListener {
  private static final Logger log = LoggerFactory.getLogger("webhook");

  /** Kinds of line that are held back apart from each other. */
  private enum Kind {
    FAILED,
    GIVEN_UP,
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
  public void retrying(
      Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {
    if (failed.outcome() == WebhookResult.Outcome.HELD_BACK) {
      // The line about the breaker says it for all of them.
      log.debug("{}: webhook call {} is held back", component, webhookId);
      return;
    }
    warn(
        Kind.FAILED,
        stanza,
        "attempt %d of webhook call %s failed (%s); the next comes in %s s"
            .formatted(
                attempt,
                webhookId,
                describe(failed),
                BigDecimal.valueOf(TimeUnit.NANOSECONDS.toMillis(in), 3)));
  }

  @Override
  public void gaveUp(Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failed) {
    warn(
        Kind.GIVEN_UP,
        stanza,
        "webhook call %s failed after %d %s and is given up (%s)"
            .formatted(
                webhookId, attempts, attempts == 1 ? "attempt" : "attempts", describe(failed)));
  }

  @Override
  public void breakerChanged(String endpoint, BreakerState before, BreakerState after) {
    // What comes between the first opening and the end of the outage comes every second.
    if (after == BreakerState.CLOSED) {
      log.info("{}: the webhook {} is back: it is called again", component, endpoint);
    } else if (before == BreakerState.CLOSED) {
      log.warn(
          "{}: most calls to the webhook {} fail: until it is back, only a few calls a second are"
              + " made to see",
          component,
          endpoint);
    } else {
      log.debug("{}: the breaker of {} is {} after {}", component, endpoint, after, before);
    }
  }

  @Override
  public void endpointGone(String endpoint) {
    log.error(
        "{}: the webhook {} answered with status 410, that it is gone: it is not called any more,"
            + " and senders are told so. Give another --post-url, or restart the gateway once the"
            + " webhook is back",
        component,
        endpoint);
  }

  private static String describe(WebhookResult.Failed failed) {
    return "%s, status %s: %s"
        .formatted(
            failed.outcome().label(),
            failed.status() == 0 ? "none" : failed.status(),
            failed.detail());
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
      case QUEUE_FULL, QUEUE_TIMEOUT, SHUTDOWN, SPOOL_FULL ->
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
