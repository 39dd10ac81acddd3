package io.stanzahook.metrics;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.trace.TraceContext;
import io.stanzahook.trace.Tracing;
import io.stanzahook.webhook.BatchTrace;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Informs Micrometer's observation handlers about each webhook call and each delivery of a sampled
 * trace, when it has ended. The {@link CallObservation} has the details and the duration. It costs
 * nothing if it is not used, and only one check for a trace that is not sampled.
 */
public final class DeliveryObservations implements DeliveryListener {
  /** The observation's name for one attempt. */
  public static final String CALL = "stanzahook.webhook.request";

  /** The observation's name for a delivery, its waiting and all its attempts. */
  public static final String DELIVERY = "stanzahook.delivery";

  private final ObservationRegistry registry;
  private final Tracing tracing;
  private final String component;
  private final InstantSource clock;

  /**
   * Observes one component's deliveries.
   *
   * @param registry whose handlers are told
   * @param tracing as requests have it
   */
  public DeliveryObservations(ObservationRegistry registry, Tracing tracing, String component) {
    this(registry, tracing, component, InstantSource.system());
  }

  DeliveryObservations(
      ObservationRegistry registry, Tracing tracing, String component, InstantSource clock) {
    this.registry = registry;
    this.tracing = tracing;
    this.component = component;
    this.clock = clock;
  }

  @Override
  public void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
    if (result instanceof WebhookResult.Failed failed
        && failed.outcome() == WebhookResult.Outcome.HELD_BACK) {
      return;
    }
    observe(CALL, stanza, webhookId, attempt, nanos, result);
  }

  /** One call, with links to the deliveries that are in it. */
  @Override
  public void called(Batch batch, WebhookResult result, long nanos) {
    if (result instanceof WebhookResult.Failed failed
        && failed.outcome() == WebhookResult.Outcome.HELD_BACK) {
      return;
    }
    TraceContext trace = BatchTrace.of(tracing, batch);
    if (!trace.sampled()) {
      return;
    }
    List<TraceContext> links = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      TraceContext delivery = tracing.of(batch.webhookId(i), 0);
      if (delivery.sampled()) {
        links.add(delivery);
      }
    }
    CallObservation call =
        new CallObservation(
            component,
            batch.stanza(0),
            batch.id(),
            batch.attempt(),
            trace,
            trace,
            clock.instant(),
            nanos,
            result,
            batch.size(),
            links);
    Observation.start(CALL, () -> call, registry).stop();
  }

  @Override
  public void settled(Stanza stanza, String webhookId, long nanos) {
    observe(DELIVERY, stanza, webhookId, 0, nanos, null);
  }

  private void observe(
      String name,
      Stanza stanza,
      String webhookId,
      int attempt,
      long nanos,
      @Nullable WebhookResult result) {
    var trace = tracing.of(webhookId, attempt);
    if (!trace.sampled()) {
      return;
    }
    CallObservation call =
        new CallObservation(
            component,
            stanza,
            webhookId,
            attempt,
            trace,
            attempt == 0 ? trace : tracing.of(webhookId, 0),
            clock.instant(),
            nanos,
            result,
            0,
            List.of());
    Observation.start(name, () -> call, registry).stop();
  }
}
