package io.stanzahook.metrics;

import io.micrometer.observation.Observation;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.trace.TraceContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What observation handlers learn about one webhook call, or about a delivery as a whole. It is
 * filled in before they are called.
 */
public final class CallObservation extends Observation.Context {
  private final String component;
  private final Stanza stanza;
  private final String webhookId;
  private final int attempt;
  private final TraceContext trace;
  private final TraceContext parent;
  private final Instant start;
  private final Instant end;
  private final @Nullable WebhookResult result;

  CallObservation(
      String component,
      Stanza stanza,
      String webhookId,
      int attempt,
      TraceContext trace,
      TraceContext parent,
      Instant end,
      long nanos,
      @Nullable WebhookResult result) {
    this.component = component;
    this.stanza = stanza;
    this.webhookId = webhookId;
    this.attempt = attempt;
    this.trace = trace;
    this.parent = parent;
    this.start = end.minusNanos(nanos);
    this.end = end;
    this.result = result;
  }

  /** The component's domain. */
  public String component() {
    return component;
  }

  /** The stanza. Treat its body as confidential. */
  public Stanza stanza() {
    return stanza;
  }

  /** The delivery's id. */
  public String webhookId() {
    return webhookId;
  }

  /** Which attempt, from 1; 0 for the delivery as a whole. */
  public int attempt() {
    return attempt;
  }

  /** Its own span. */
  public TraceContext trace() {
    return trace;
  }

  /** The delivery's span, which its attempts are in; the same as its own for the delivery. */
  public TraceContext parent() {
    return parent;
  }

  /** When it began. */
  public Instant start() {
    return start;
  }

  /** When it ended. */
  public Instant end() {
    return end;
  }

  /** How the call ended; null for the delivery as a whole. */
  public @Nullable WebhookResult result() {
    return result;
  }
}
