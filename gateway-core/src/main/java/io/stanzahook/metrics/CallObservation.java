package io.stanzahook.metrics;

import io.micrometer.observation.Observation;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.trace.TraceContext;
import java.time.Instant;
import java.util.List;
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
  private final int stanzas;
  private final List<TraceContext> links;

  CallObservation(
      String component,
      Stanza stanza,
      String webhookId,
      int attempt,
      TraceContext trace,
      TraceContext parent,
      Instant end,
      long nanos,
      @Nullable WebhookResult result,
      int stanzas,
      List<TraceContext> links) {
    this.component = component;
    this.stanza = stanza;
    this.webhookId = webhookId;
    this.attempt = attempt;
    this.trace = trace;
    this.parent = parent;
    this.start = end.minusNanos(nanos);
    this.end = end;
    this.result = result;
    this.stanzas = stanzas;
    this.links = List.copyOf(links);
  }

  /** The component's domain. */
  public String component() {
    return component;
  }

  /** The stanza, of a batch its first. Treat its body as confidential. */
  public Stanza stanza() {
    return stanza;
  }

  /** The delivery's id, or the batch's. */
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

  /**
   * The delivery's span, which its attempts are in; its own for a delivery, and for the call with a
   * batch, which is in no delivery.
   */
  public TraceContext parent() {
    return parent;
  }

  /** How many stanzas the call has; 0 unless it is one with a batch. */
  public int stanzas() {
    return stanzas;
  }

  /** The spans of those deliveries of a batch whose traces are recorded. */
  public List<TraceContext> links() {
    return links;
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
