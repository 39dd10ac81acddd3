package io.stanzahook.metrics;

import io.stanzahook.trace.TraceContext;
import io.stanzahook.trace.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * Which span a measurement belongs to while it is recorded: a registry that keeps exemplars asks on
 * the recording thread. The ids are worked out only if it does, a few times a second.
 */
public final class TraceScope {
  private final Tracing tracing;
  private final ThreadLocal<Span> current = ThreadLocal.withInitial(Span::new);

  /** A scope for measurements of traced requests. */
  public TraceScope(Tracing tracing) {
    this.tracing = tracing;
  }

  /** The span of what is being recorded on this thread; null where there is none. */
  public @Nullable TraceContext current() {
    String webhookId = current.get().webhookId;
    return webhookId == null ? null : tracing.of(webhookId, current.get().attempt);
  }

  /** From now on, measurements on this thread belong to this span. */
  void enter(String webhookId, int attempt) {
    if (!tracing.isOn()) {
      return;
    }
    Span span = current.get();
    span.webhookId = webhookId;
    span.attempt = attempt;
  }

  /** Ends this. */
  void leave() {
    if (tracing.isOn()) {
      current.get().webhookId = null;
    }
  }

  /** One thread's, reused: entering costs no object. */
  private static final class Span {
    private @Nullable String webhookId;
    private int attempt;
  }
}
