package io.stanzahook.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's meters, each declared once: names, labels and help texts are nowhere else, and
 * docs/metrics.md is generated from here.
 *
 * <p>A meter's Micrometer name has dots; {@link #prometheusName()} is what a scrape shows. Every
 * meter has the label {@code component} besides those listed.
 */
public enum GatewayMeter {
  STANZAS_RECEIVED(
      "stanzahook.stanzas.received",
      Type.COUNTER,
      List.of("kind"),
      null,
      "Stanzas that came in and were accepted, or answered by the gateway itself."),
  STANZAS_SENT(
      "stanzahook.stanzas.sent",
      Type.COUNTER,
      List.of("kind"),
      null,
      "Stanzas written to the component's stream: replies, errors and the gateway's own answers."),
  STANZAS_REFUSED(
      "stanzahook.stanzas.refused",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Stanzas turned away without a webhook call: by the dispatcher, or skipped while reading as"
          + " too large or unusable."),
  STANZAS_QUARANTINED(
      "stanzahook.stanzas.quarantined",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Stanzas written last before the server ended the stream over one of them (the log names"
          + " them); none is written again. `reason` is the stream error's condition."),
  WEBHOOK_REQUEST(
      "stanzahook.webhook.request",
      Type.HISTOGRAM,
      List.of("outcome", "status"),
      "seconds",
      "Webhook calls, one attempt each. `outcome` is `ok` (a 2xx that was understood), `answered`"
          + " (any other response), `not_sent` (no connection) or `unknown` (sent, no whole"
          + " response); `status` is the HTTP status, or `none`."),
  WEBHOOK_IN_FLIGHT(
      "stanzahook.webhook.in.flight", Type.GAUGE, List.of(), null, "Webhook calls in flight."),
  WEBHOOK_CONCURRENCY_LIMIT(
      "stanzahook.webhook.concurrency.limit",
      Type.GAUGE,
      List.of(),
      null,
      "Webhook calls in flight at most (`--concurrency`)."),
  WEBHOOK_RETRIES(
      "stanzahook.webhook.retries",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Failed webhook calls that another attempt was to follow (`--retry-for`). `reason` is"
          + " `not_sent` (no connection), `unknown` (sent, no whole response) or `status`"
          + " (`--retry-statuses`)."),
  WEBHOOK_BREAKER_STATE(
      "stanzahook.webhook.breaker.state",
      Type.GAUGE,
      List.of(),
      null,
      "The breaker of the webhook's endpoint: 0 closed (calls are made), 1 half-open (a few, to see"
          + " whether it is back), 2 open (none)."),
  WEBHOOK_REPLIES_DROPPED(
      "stanzahook.webhook.replies.dropped",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Replies the webhook gave and the gateway did not send."),
  QUEUE_DEPTH(
      "stanzahook.queue.depth",
      Type.GAUGE,
      List.of(),
      null,
      "Stanzas waiting for a webhook call, the first or another."),
  QUEUE_OLDEST(
      "stanzahook.queue.oldest",
      Type.GAUGE,
      List.of(),
      "seconds",
      "How long the oldest waiting stanza has waited; 0 where none waits."),
  DELIVERY(
      "stanzahook.delivery",
      Type.HISTOGRAM,
      List.of(),
      "seconds",
      "From a stanza received to its delivery settled: its replies, if any, are written."),
  STREAM_CONNECTED(
      "stanzahook.stream.connected",
      Type.GAUGE,
      List.of(),
      null,
      "1 while the server has the component authenticated, else 0."),
  STREAM_CONNECTS(
      "stanzahook.stream.connects",
      Type.COUNTER,
      List.of(),
      null,
      "Handshakes the server accepted."),
  STREAM_FAILURES(
      "stanzahook.stream.failures",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Connections that ended, or never came up, other than by our own closing. `reason` is a"
          + " stream error's condition, or `closed`, `connect`, `tls`, `timeout`, `io`,"
          + " `ping_timeout`."),
  STREAM_PAUSED(
      "stanzahook.stream.paused",
      Type.COUNTER,
      List.of(),
      "seconds",
      "Time for which reading the stream was stopped by backpressure.");

  /** What kind of meter it is. */
  public enum Type {
    /** Only grows. */
    COUNTER,
    /** A value of the moment. */
    GAUGE,
    /** Counts, total time and buckets up to {@link GatewayMeter#BUCKETS}. */
    HISTOGRAM
  }

  /** The upper bounds of a histogram's buckets: a fast local bot to the default time-out. */
  public static final List<Duration> BUCKETS =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(2),
          Duration.ofMillis(5),
          Duration.ofMillis(10),
          Duration.ofMillis(20),
          Duration.ofMillis(50),
          Duration.ofMillis(100),
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30));

  /** The label that every meter has: the component's domain. */
  public static final String COMPONENT = "component";

  private final String meterName;
  private final Type type;

  @SuppressWarnings("ImmutableEnumChecker") // always made by List.of
  private final List<String> labels;

  private final @Nullable String unit;
  private final String description;

  GatewayMeter(
      String meterName, Type type, List<String> labels, @Nullable String unit, String description) {
    this.meterName = meterName;
    this.type = type;
    this.labels = labels;
    this.unit = unit;
    this.description = description;
  }

  /** Its name in Micrometer. */
  public String meterName() {
    return meterName;
  }

  /** Counter, gauge or histogram. */
  public Type type() {
    return type;
  }

  /** Its labels besides {@link #COMPONENT}. */
  public List<String> labels() {
    return labels;
  }

  /** Its base unit, or null where it counts things. */
  public @Nullable String unit() {
    return unit;
  }

  /** The help text, in Markdown. */
  public String description() {
    return description;
  }

  /** Its name in a Prometheus scrape; a histogram's series add {@code _bucket} and so on. */
  public String prometheusName() {
    String name = meterName.replace('.', '_').toLowerCase(Locale.ROOT);
    String withUnit = unit == null ? name : name + "_" + unit;
    return type == Type.COUNTER ? withUnit + "_total" : withUnit;
  }

  Counter counter(MeterRegistry registry, Tags tags) {
    return Counter.builder(meterName)
        .description(description)
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }

  void functionCounter(MeterRegistry registry, Tags tags, DoubleSupplier value) {
    FunctionCounter.builder(meterName, value, DoubleSupplier::getAsDouble)
        .description(description)
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }

  void gauge(MeterRegistry registry, Tags tags, DoubleSupplier value) {
    Gauge.builder(meterName, value, DoubleSupplier::getAsDouble)
        .description(description)
        .baseUnit(unit)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  Timer timer(MeterRegistry registry, Tags tags) {
    return Timer.builder(meterName)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
        .register(registry);
  }
}
