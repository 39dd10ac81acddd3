package io.stanzahook.webhook;

import io.stanzahook.exchange.Batch;
import io.stanzahook.trace.TraceContext;
import io.stanzahook.trace.Tracing;

/** The place of a batch in traces: its calls are in a trace of its own. */
public final class BatchTrace {
  private BatchTrace() {}

  /** The span of a batch's call: sampled if the trace of any of its deliveries is. */
  public static TraceContext of(Tracing tracing, Batch batch) {
    TraceContext own = tracing.of(batch.id(), batch.attempt());
    if (own.sampled()) {
      return own;
    }
    for (int i = 0; i < batch.size(); i++) {
      if (tracing.of(batch.webhookId(i), 0).sampled()) {
        return own.asSampled();
      }
    }
    return own;
  }
}
