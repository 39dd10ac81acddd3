package io.stanzahook.app.logging;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.trace.Tracing;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.EndpointEvent;
import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what an operator has to know about deliveries: what failed, and what was not sent. Of
 * frequent equal events, the first few get a line each, and the others one sum.
 */
public final class DeliveryLog implements DeliveryListener {
  private static final Logger log = LoggerFactory.getLogger("webhook");

  /** How many events of a kind get their own line in one interval. */
  static final int FIRST = 3;

  /** Events that can come in floods; the words follow a number. */
  private enum Event {
    FAILED("more attempts failed and will be retried"),
    GIVEN_UP("more deliveries failed"),
    DROPPED("more replies were not sent"),
    REFUSED("more stanzas were refused"),
    BREAKER("more changes of the breaker"),
    BOTS("more conversations look like two bots"),
    HELD("more conversations have waiting answers");

    private final String words;

    Event(String words) {
      this.words = words;
    }
  }

  /**
   * What makes two events equal.
   *
   * @param cause a few words, from a limited set
   */
  private record Kind(Event event, String cause) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      int order = cause.compareTo(other.cause);
      return order == 0 ? event.compareTo(other.event) : order;
    }
  }

  private final String component;
  private final Tracing tracing;
  private final FloodGate<Kind> gate;

  /** Whether it was logged that the server has another name for the component. */
  private final AtomicBoolean toldOfRenaming = new AtomicBoolean();

  /** Whether it was logged that stanzas arrive for another domain. */
  private final AtomicBoolean toldOfForeign = new AtomicBoolean();

  /**
   * A log of that component's deliveries.
   *
   * @param tracing as requests have it: lines in JSON name the trace
   * @param intervals of its sums
   */
  public DeliveryLog(String component, Tracing tracing, Intervals intervals) {
    this.component = component;
    this.tracing = tracing;
    this.gate = new FloodGate<>(FIRST, intervals, new Sums());
  }

  @Override
  public void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
    if (result instanceof WebhookResult.Answered answered && answered.hint() != null) {
      Fields.at(log.atInfo(), component).with("status", answered.status()).log(answered.hint());
    }
  }

  @Override
  public void retrying(
      Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {
    if (failed.outcome() == WebhookResult.Outcome.HELD_BACK) {
      // The line about the breaker says it for all of them.
      log.debug("{}: webhook call {} is held back", component, webhookId);
    } else if (gate.passes(new Kind(Event.FAILED, cause(failed)))) {
      call(stanza, webhookId, attempt)
          .with("outcome", failed.outcome().label())
          .with("status", status(failed))
          .log(
              "%s: attempt %d of webhook call %s failed (%s); the next one follows in %s s"
                  .formatted(
                      describe(stanza),
                      attempt,
                      webhookId,
                      describe(failed),
                      BigDecimal.valueOf(TimeUnit.NANOSECONDS.toMillis(in), 3)));
    }
  }

  @Override
  public void gaveUp(Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failed) {
    if (gate.passes(new Kind(Event.GIVEN_UP, cause(failed)))) {
      call(stanza, webhookId, attempts)
          .with("outcome", failed.outcome().label())
          .with("status", status(failed))
          .log(
              "%s: webhook call %s failed for good after %d %s (%s)"
                  .formatted(
                      describe(stanza),
                      webhookId,
                      attempts,
                      attempts == 1 ? "attempt" : "attempts",
                      describe(failed)));
    }
  }

  @Override
  public void endpoint(EndpointEvent event) {
    if (event instanceof EndpointEvent.BreakerChanged changed) {
      breakerChanged(changed.endpoint(), changed.before(), changed.after());
    } else if (event instanceof EndpointEvent.Gone) {
      gone(event.endpoint());
    }
  }

  private void breakerChanged(String endpoint, BreakerState before, BreakerState after) {
    // What comes between the first opening and the end of the outage comes every second.
    boolean told = after == BreakerState.CLOSED || before == BreakerState.CLOSED;
    if (!told) {
      log.debug("{}: the breaker of {} is {} after {}", component, endpoint, after, before);
    } else if (!gate.passes(new Kind(Event.BREAKER, "it comes and goes"))) {
      return;
    } else if (after == BreakerState.CLOSED) {
      Fields.at(log.atInfo(), component).log(
          "the webhook %s is back: it is called again".formatted(endpoint));
    } else {
      Fields.at(log.atWarn(), component).log(
          ("most calls to the webhook %s fail: until it is back, only a few test calls a"
                  + " second are made")
              .formatted(endpoint));
    }
  }

  private void gone(String endpoint) {
    Fields.at(log.atError(), component).log(
        ("the webhook %s answered with status 410 (gone): it is not called any more, "
                + "and senders get an error. Set another --post-url, or restart the gateway "
                + "when the webhook is back")
            .formatted(endpoint));
  }

  private static String cause(WebhookResult.Failed failed) {
    Integer status = status(failed);
    return "%s, status %s".formatted(failed.outcome().label(), status == null ? "none" : status);
  }

  private static @Nullable Integer status(WebhookResult.Failed failed) {
    return failed.status() == 0 ? null : failed.status();
  }

  private static String describe(WebhookResult.Failed failed) {
    return cause(failed) + ": " + Flags.named(failed.detail());
  }

  @Override
  public void dropped(Stanza stanza, String webhookId, DroppedReply dropped) {
    String reason = dropped.reason().label();
    if (!dropped.told() && gate.passes(new Kind(Event.DROPPED, reason))) {
      call(stanza, webhookId, null)
          .with("reason", reason)
          .log(
              "%s: a reply of webhook call %s was not sent (%s): %s"
                  .formatted(describe(stanza), webhookId, reason, Flags.named(dropped.detail())));
    }
  }

  @Override
  public void looksLikeBots(Stanza stanza) {
    if (gate.passes(new Kind(Event.BOTS, "quick turns"))) {
      Fields.at(log.atWarn(), component)
          .stanza(stanza)
          .log(
              ("%s: the conversation looks like two bots that answer each other: many turns "
                      + "in a row without a pause. If so, --answers-per-minute N slows it down: "
                      + "further answers wait until the minute is over")
                  .formatted(describe(stanza)));
    }
  }

  @Override
  public void answerHeld(Stanza stanza, String webhookId, long nanos, boolean first) {
    if (first && gate.passes(new Kind(Event.HELD, "--answers-per-minute"))) {
      call(stanza, webhookId, null)
          .log(
              ("%s: the answer of webhook call %s waits for %d s, because the conversation "
                      + "has reached --answers-per-minute")
                  .formatted(
                      describe(stanza), webhookId, TimeUnit.NANOSECONDS.toSeconds(nanos) + 1));
    }
  }

  @Override
  public void refused(Stanza stanza, RefusalReason reason) {
    // A room's echo is any user's doing, and a filter is the operator's: counted, and shown where
    // looked for.
    switch (reason) {
      case QUEUE_FULL, SPOOL_FULL, QUEUE_TIMEOUT, SHUTDOWN -> {
        if (gate.passes(new Kind(Event.REFUSED, reason.label()))) {
          Fields.at(log.atWarn(), component)
              .stanza(stanza)
              .with("reason", reason.label())
              .log("%s: was refused (%s)".formatted(describe(stanza), reason.label()));
        }
      }
      case FOREIGN_TO -> foreign(stanza);
      case ROOM_ECHO, FILTERED ->
          log.debug("{}: {} was refused ({})", component, describe(stanza), reason.label());
    }
  }

  /**
   * The server takes the component for another one. This is logged once, because it may go on for
   * ever.
   */
  private void foreign(Stanza stanza) {
    String domain = stanza.to().domain();
    boolean renamed =
        domain.regionMatches(true, 0, component + ".", 0, component.length() + 1)
            && domain.length() > component.length() + 1;
    if (stanza.to().hasDomain(component)
        || !(renamed ? toldOfRenaming : toldOfForeign).compareAndSet(false, true)) {
      log.debug("{}: {} was refused (foreign_to)", component, describe(stanza));
      return;
    }
    String theirs = LogText.of(domain);
    Fields line = Fields.at(log.atWarn(), component).stanza(stanza).with("reason", "foreign_to");
    if (renamed) {
      String server = LogText.of(domain.substring(component.length() + 1));
      line.log(
          ("stanzas arrive for %s, not for %s: the server appends its own domain to "
                  + "--component, as Openfire does, so nobody reaches %s. Set --component to a "
                  + "name that ends in .%s, such as %s.%s. This is logged once; the stanzas are "
                  + "counted (foreign_to)")
              .formatted(
                  theirs, component, component, server, component.split("\\.", 2)[0], server));
    } else {
      line.log(
          ("stanzas arrive for %s, which is not this component, %s: they are not posted."
                  + " If it should be, set --component %s; otherwise check which domains the "
                  + "server sends here (ejabberd: hosts of the listener, and global_routes: "
                  + "false). This is logged once; the stanzas are counted (foreign_to)")
              .formatted(theirs, component, theirs));
    }
  }

  private Fields call(Stanza stanza, String webhookId, @Nullable Integer attempt) {
    return Fields.at(log.atWarn(), component)
        .stanza(stanza)
        .with("webhook_id", webhookId)
        .with("attempt", attempt)
        .with("trace_id", tracing.isOn() ? tracing.of(webhookId, 0).traceId() : null);
  }

  private static String describe(Stanza stanza) {
    return "%s from %s to %s"
        .formatted(
            stanza.kind().elementName(),
            LogText.of(stanza.from().toString()),
            LogText.of(stanza.to().toString()));
  }

  private final class Sums implements FloodGate.Sums<Kind> {
    @Override
    public void more(Kind kind, int count) {
      Fields.at(log.atWarn(), component)
          .with("count", count)
          .log(
              "%d %s within %d s (%s)"
                  .formatted(
                      count, kind.event().words, FloodGate.INTERVAL.toSeconds(), kind.cause()));
    }

    @Override
    public void others(int count) {
      Fields.at(log.atWarn(), component)
          .with("count", count)
          .log(
              "%d more failures of other kinds within %d s"
                  .formatted(count, FloodGate.INTERVAL.toSeconds()));
    }
  }
}
