package io.stanzahook.app;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.metrics.CallObservation;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.trace.TraceContext;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sends the spans of deliveries and webhook calls by OTLP over HTTP, with the ids that the webhook
 * was told. Observations may end on any thread; a bounded queue and a thread behind it send them,
 * so a receiver that is slow or away loses spans and delays no stanza.
 */
final class OtlpSpans implements ObservationHandler<CallObservation>, AutoCloseable {
  /** Spans that wait to be sent at most; further ones are lost. */
  static final int MAX_WAITING = 8192;

  private static final int MAX_AT_ONCE = 512;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** A caller's own mistake is no error of ours (OpenTelemetry's conventions for HTTP). */
  private static final int FIRST_SERVER_ERROR = 500;

  private static final String SERVICE = "service.name";
  private static final String VERSION = "service.version";
  private static final String COMPONENT = "xmpp.component";
  private static final String KIND = "xmpp.stanza.kind";
  private static final String ID = "xmpp.stanza.id";
  private static final String WEBHOOK_ID = "webhook.id";
  private static final String ATTEMPT = "webhook.attempt";
  private static final String BATCH_SIZE = "webhook.batch";
  private static final String METHOD = "http.request.method";
  private static final String ROUTE = "http.route";
  private static final String STATUS = "http.response.status_code";
  private static final String ERROR = "error.type";

  private final GivenIds ids = new GivenIds();
  private final ObservationRegistry registry = ObservationRegistry.create();
  private final SdkTracerProvider provider;
  private final Tracer tracer;

  /**
   * Connects to nothing before there is a span.
   *
   * @param version of the program, told to the receiver
   */
  OtlpSpans(URI endpoint, String version) {
    // The library logs by java.util.logging, a few lines a minute at most.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    provider =
        SdkTracerProvider.builder()
            .setIdGenerator(ids)
            .setSampler(Sampler.alwaysOn())
            .setResource(
                Resource.create(
                    Attributes.builder().put(SERVICE, "stanzahook").put(VERSION, version).build()))
            .addSpanProcessor(
                BatchSpanProcessor.builder(
                        OtlpHttpSpanExporter.builder()
                            .setEndpoint(endpoint.toString())
                            .setTimeout(TIMEOUT)
                            .build())
                    .setMaxQueueSize(MAX_WAITING)
                    .setMaxExportBatchSize(MAX_AT_ONCE)
                    .setScheduleDelay(EVERY)
                    .build())
            .build();
    tracer = provider.get("io.stanzahook", version);
    registry.observationConfig().observationHandler(this);
  }

  /** Where deliveries are to be observed. */
  ObservationRegistry registry() {
    return registry;
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof CallObservation;
  }

  @Override
  public void onStop(CallObservation call) {
    Stanza stanza = call.stanza();
    boolean whole = call.attempt() == 0;
    SpanBuilder builder =
        tracer
            .spanBuilder(whole ? "deliver " + stanza.kind().elementName() : "POST")
            .setSpanKind(whole ? SpanKind.CONSUMER : SpanKind.CLIENT)
            .setParent(isRoot(call) ? Context.root() : in(call.parent()))
            .setStartTimestamp(call.start())
            .setAttribute(COMPONENT, call.component())
            .setAttribute(KIND, stanza.kind().elementName())
            .setAttribute(WEBHOOK_ID, call.webhookId());
    if (stanza.id() != null) {
      builder.setAttribute(ID, stanza.id());
    }
    if (call.stanzas() > 0) {
      builder.setAttribute(BATCH_SIZE, (long) call.stanzas());
      call.links().forEach(link -> builder.addLink(spanContext(link)));
    }
    Span span = ids.giving(call.trace(), builder);
    if (!whole) {
      span.setAttribute(METHOD, "POST").setAttribute(ATTEMPT, (long) call.attempt());
      ended(span, call.result());
    }
    span.end(call.end());
  }

  /** A delivery, and the call with a batch: that belongs to several. */
  private static boolean isRoot(CallObservation call) {
    return call.attempt() == 0 || call.stanzas() > 0;
  }

  /**
   * A request to the send API was answered: a span in its caller's trace.
   *
   * @param component whose stanza it was; null where that is not known
   */
  void request(
      @Nullable String component,
      TraceContext parent,
      String method,
      String route,
      int status,
      Instant start,
      Instant end) {
    SpanBuilder builder =
        tracer
            .spanBuilder(method + " " + route)
            .setSpanKind(SpanKind.SERVER)
            .setParent(in(parent))
            .setStartTimestamp(start)
            .setAttribute(METHOD, method)
            .setAttribute(ROUTE, route)
            .setAttribute(STATUS, (long) status);
    if (component != null) {
      builder.setAttribute(COMPONENT, component);
    }
    // Whatever the random bits are, the id is not 0.
    Span span = ids.giving(parent.withSpan(ThreadLocalRandom.current().nextLong() | 1), builder);
    if (status >= FIRST_SERVER_ERROR) {
      span.setAttribute(ERROR, Integer.toString(status));
      span.setStatus(StatusCode.ERROR);
    }
    span.end(end);
  }

  private static void ended(Span span, @Nullable WebhookResult result) {
    if (result != null && result.status() != 0) {
      span.setAttribute(STATUS, (long) result.status());
    }
    if (result instanceof WebhookResult.Failed failed) {
      span.setAttribute(ERROR, failed.outcome().label());
      span.setStatus(StatusCode.ERROR, Flags.named(failed.detail()));
    }
  }

  private static Context in(TraceContext parent) {
    return Context.root().with(Span.wrap(spanContext(parent)));
  }

  private static SpanContext spanContext(TraceContext of) {
    return SpanContext.create(
        of.traceId(), of.spanId(), TraceFlags.getSampled(), TraceState.getDefault());
  }

  /** Sends what waits, for a moment, and ends. */
  @Override
  public void close() {
    provider.shutdown().join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ids that are known before the library asks for them. */
  private static final class GivenIds implements IdGenerator {
    @SuppressWarnings("ThreadLocalUsage") // One exporter a program, and each sets what it reads.
    private final ThreadLocal<@Nullable TraceContext> next = new ThreadLocal<>();

    Span giving(TraceContext trace, SpanBuilder builder) {
      next.set(trace);
      try {
        return builder.startSpan();
      } finally {
        next.remove();
      }
    }

    @Override
    public String generateSpanId() {
      return given().spanId();
    }

    @Override
    public String generateTraceId() {
      return given().traceId();
    }

    private TraceContext given() {
      TraceContext trace = next.get();
      if (trace == null) {
        throw new IllegalStateException("a span was started without its ids");
      }
      return trace;
    }
  }
}
