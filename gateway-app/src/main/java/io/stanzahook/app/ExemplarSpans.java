package io.stanzahook.app;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.stanzahook.metrics.TraceScope;
import io.stanzahook.trace.TraceContext;
import org.jspecify.annotations.Nullable;

/** Tells Prometheus' exemplars which span a duration belongs to. */
record ExemplarSpans(TraceScope traces) implements SpanContext {
  @Override
  public @Nullable String getCurrentTraceId() {
    TraceContext span = traces.current();
    return span == null ? null : span.traceId();
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    TraceContext span = traces.current();
    return span == null ? null : span.spanId();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    TraceContext span = traces.current();
    return span != null && span.sampled();
  }

  @Override
  public void markCurrentSpanAsExemplar() {
    // All spans of a sampled trace are exported: none is kept for this reason.
  }
}
