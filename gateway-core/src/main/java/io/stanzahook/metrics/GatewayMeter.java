package io.stanzahook.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
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
 * docs/operate/metrics.md is generated from here.
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
      "Stanzas that came in, and were accepted or answered by the gateway itself.",
      "When a stanza is accepted: before its webhook call, or before the gateway " + "answers it."),
  STANZAS_SENT(
      "stanzahook.stanzas.sent",
      Type.COUNTER,
      List.of("kind"),
      null,
      "Stanzas written to the component's stream: replies, errors, the gateway's own "
          + "answers, and stanzas from the send API.",
      "When the stanza is written to the socket."),
  STANZAS_REFUSED(
      "stanzahook.stanzas.refused",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Stanzas refused without a webhook call: by the dispatcher, or skipped while "
          + "reading because they are too large or unusable.",
      "When it is refused. Such a stanza is not a delivery."),
  STANZAS_QUARANTINED(
      "stanzahook.stanzas.quarantined",
      Type.COUNTER,
      List.of("reason"),
      null,
      "The last stanzas written before the server ended the stream because of one of "
          + "them. The log names them, and they are not written again. `reason` is the "
          + "condition of the stream error.",
      "When the server ends the stream with a condition that blames a stanza."),
  WEBHOOK_REQUEST(
      "stanzahook.webhook.request",
      Type.HISTOGRAM,
      List.of("outcome", "status"),
      "seconds",
      "Webhook calls, one for each attempt. `outcome` is `ok` (a 2xx that was "
          + "understood), `answered` (any other response), `not_sent` (no connection), "
          + "`undecodable` (the response is not HTTP) or `unknown` (sent, but no complete "
          + "response). `status` is the HTTP status, or `none`.",
      "When a call ends, for whatever reason. A call that the breaker held back does "
          + "not count."),
  WEBHOOK_BATCH_SIZE(
      "stanzahook.webhook.batch.size",
      Type.SIZES,
      List.of(),
      null,
      "Stanzas in each webhook call with `--batch`. There is none if stanzas are POSTed one by one.",
      "When a call with a batch ends, for whatever reason. All other meters count its stanzas, "
          + "except `stanzahook_webhook_in_flight` and those of endpoints, which count calls."),
  WEBHOOK_IN_FLIGHT(
      "stanzahook.webhook.in.flight",
      Type.GAUGE,
      List.of(),
      null,
      "Webhook calls in flight.",
      "Up when a call starts, down when it ends."),
  WEBHOOK_CONCURRENCY_LIMIT(
      "stanzahook.webhook.concurrency.limit",
      Type.GAUGE,
      List.of(),
      null,
      "Maximum number of webhook calls in flight (`--concurrency`).",
      "With `PATCH /admin/settings`; with `--concurrency auto` also by itself."),
  WEBHOOK_RETRIES(
      "stanzahook.webhook.retries",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Failed webhook calls that are followed by another attempt (`--retry-for`). "
          + "`reason` is `not_sent` (no connection), `unknown` (sent, but no complete "
          + "response) or `status` (`--retry-statuses`).",
      "When a call failed and the next attempt is scheduled; not when the delivery " + "fails."),
  WEBHOOK_BREAKER_STATE(
      "stanzahook.webhook.breaker.state",
      Type.GAUGE,
      List.of(),
      null,
      "The breaker of the webhook's endpoint: 0 closed (calls are made), 1 half-open (a "
          + "few test calls), 2 open (no calls). If there are several URLs, the highest state "
          + "of their breakers.",
      "When most of the last calls failed, and when calls succeed again."),
  WEBHOOK_ENDPOINT_CALLS(
      "stanzahook.webhook.endpoint.calls",
      Type.COUNTER,
      List.of("endpoint", "outcome"),
      null,
      "Webhook calls to each `--post-url`, one for each attempt. `endpoint` is its "
          + "scheme, host and port, and a number if several URLs share them. `outcome` is as "
          + "in `stanzahook_webhook_request_seconds`.",
      "When a call ends, for whatever reason. A call that the breaker held back does "
          + "not count."),
  WEBHOOK_ENDPOINT_IN_FLIGHT(
      "stanzahook.webhook.endpoint.in.flight",
      Type.GAUGE,
      List.of("endpoint"),
      null,
      "Webhook calls in flight to each `--post-url`.",
      "Up when a call starts, down when it ends."),
  WEBHOOK_ENDPOINT_BREAKER_STATE(
      "stanzahook.webhook.endpoint.breaker.state",
      Type.GAUGE,
      List.of("endpoint"),
      null,
      "The breaker of each `--post-url`: 0 closed, 1 half-open, 2 open.",
      "When most of the last calls to it failed, or if there are other URLs, five in a "
          + "row; and when calls succeed again."),
  WEBHOOK_REPLIES_DROPPED(
      "stanzahook.webhook.replies.dropped",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Replies that the webhook gave and the gateway did not send.",
      "When a reply is checked and refused, or has waited too long for the stream."),
  ANSWERS_HELD(
      "stanzahook.answers.held",
      Type.COUNTER,
      List.of(),
      null,
      "Answers that had to wait because their conversation had reached "
          + "`--answers-per-minute`.",
      "When an answer begins to wait; not when it leaves."),
  BOT_CONVERSATIONS(
      "stanzahook.bot.conversations",
      Type.COUNTER,
      List.of(),
      null,
      "Conversations that look like two bots that answer each other: 100 messages in a "
          + "row that each came within 2 s of the answer to the previous one.",
      "Once for each conversation, at its 100th quick turn. The log names it."),
  QUEUE_DEPTH(
      "stanzahook.queue.depth",
      Type.GAUGE,
      List.of(),
      null,
      "Stanzas that wait for a webhook call (the first or another one), or for their "
          + "delayed answer to leave.",
      "Up when calls in flight are at their limit, or a call is to be repeated; down "
          + "when the call starts."),
  QUEUE_OLDEST(
      "stanzahook.queue.oldest",
      Type.GAUGE,
      List.of(),
      "seconds",
      "How long the oldest waiting stanza has waited; 0 if none waits.",
      "Grows with time as long as the same stanza waits."),
  SPOOL_DEPTH(
      "stanzahook.spool.depth",
      Type.GAUGE,
      List.of(),
      null,
      "Messages on disk that are not delivered yet (`--spool`).",
      "When a message comes, is delivered, or fails."),
  SPOOL_OLDEST(
      "stanzahook.spool.oldest",
      Type.GAUGE,
      List.of(),
      "seconds",
      "How long ago the oldest of them came in; 0 if there are none.",
      "Grows with time as long as the same message is not delivered."),
  SPOOL_BYTES(
      "stanzahook.spool",
      Type.GAUGE,
      List.of(),
      "bytes",
      "Size of messages and dead letters on disk (`--spool-limit`).",
      "When a message is written to disk, or deleted there."),
  SPOOL_LIMIT(
      "stanzahook.spool.limit",
      Type.GAUGE,
      List.of(),
      "bytes",
      "Maximum size of messages and dead letters on disk (`--spool-limit`).",
      "Does not change while the component runs."),
  DEAD_LETTERS(
      "stanzahook.dead.letters",
      Type.GAUGE,
      List.of(),
      null,
      "Failed messages that are kept (`--dead-letters`).",
      "When a message fails, or a dead letter is redelivered or deleted."),
  DEAD_LETTERS_ADDED(
      "stanzahook.dead.letters.added",
      Type.COUNTER,
      List.of("cause"),
      null,
      "Messages that failed and became dead letters. `cause` is `status_` and the HTTP "
          + "status, `not_sent`, `unknown`, `undecodable`, `held_back`, `unreadable` or "
          + "`too_large`.",
      "When `--retry-for` is over, or the webhook refused a message or gave a response "
          + "that cannot be read."),
  DEAD_LETTERS_DISCARDED(
      "stanzahook.dead.letters.discarded",
      Type.COUNTER,
      List.of(),
      null,
      "Dead letters that were deleted because there were too many.",
      "When there are more than `--dead-letters`: the oldest are deleted."),
  DELIVERY(
      "stanzahook.delivery",
      Type.HISTOGRAM,
      List.of(),
      "seconds",
      "Time from the arrival of a stanza to the end of its delivery, when its replies, "
          + "if any, are written.",
      "When the last reply of a delivery is written, or there is none, or the delivery "
          + "fails."),
  ROOMS(
      "stanzahook.rooms",
      Type.GAUGE,
      List.of("state"),
      null,
      "Chat rooms, counted for each of the component's addresses that is in the room or "
          + "is to be in it. `state` is `joined`, `entering` (asked to enter) or `lost` (out, "
          + "and will enter again).",
      "When an address enters or leaves a room, or the room removes it."),
  ROOMS_LOST(
      "stanzahook.rooms.lost",
      Type.COUNTER,
      List.of("reason"),
      null,
      "How often a room removed an address that was asked to be in it, or did not let "
          + "it in. The address enters again later.",
      "When a room removes or refuses the address, or does not answer; for all rooms "
          + "when the stream is lost."),
  STREAM_CONNECTED(
      "stanzahook.stream.connected",
      Type.GAUGE,
      List.of(),
      null,
      "1 while the component is authenticated, otherwise 0. In a cluster, it is 0 at nodes that do "
          + "not hold the stream, so look at the maximum of all nodes.",
      "1 after the handshake, 0 when the connection is lost."),
  STREAM_CONNECTS(
      "stanzahook.stream.connects",
      Type.COUNTER,
      List.of(),
      null,
      "Handshakes that the server accepted.",
      "With each handshake that the server accepts."),
  STREAM_FAILURES(
      "stanzahook.stream.failures",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Connections that ended or could not be made, except those that the gateway "
          + "closed. `reason` is the condition of a stream error, or `closed`, `connect`, "
          + "`tls`, `timeout`, `io`, `ping_timeout`, `no_id`.",
      "With each connection, or attempt at one, that fails."),
  STREAM_PAUSED(
      "stanzahook.stream.paused",
      Type.COUNTER,
      List.of(),
      "seconds",
      "Time in which backpressure stopped reading the stream.",
      "With each second in which `--overload backpressure` stops reading.");

  /** What kind of meter it is. */
  public enum Type {
    /** Only grows. */
    COUNTER,
    /** A value of the moment. */
    GAUGE,
    /** Counts, total time and buckets up to {@link GatewayMeter#BUCKETS}. */
    HISTOGRAM,
    /** Counts, sum and buckets up to {@link GatewayMeter#SIZES}. */
    SIZES
  }

  /** The upper bounds of the buckets of sizes. */
  public static final List<Double> SIZES =
      List.of(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0);

  /** The upper bounds of a histogram's buckets, from a fast local bot to the default time-out. */
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
  private final String moves;

  GatewayMeter(
      String meterName,
      Type type,
      List<String> labels,
      @Nullable String unit,
      String description,
      String moves) {
    this.meterName = meterName;
    this.type = type;
    this.labels = labels;
    this.unit = unit;
    this.description = description;
    this.moves = moves;
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

  /** When its value changes, in Markdown: for the documentation only. */
  public String moves() {
    return moves;
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
    // A function counter holds what it is given weakly; here, its function holds it.
    FunctionCounter.builder(meterName, value, given -> value.getAsDouble())
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

  DistributionSummary sizes(MeterRegistry registry, Tags tags) {
    return DistributionSummary.builder(meterName)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(SIZES.stream().mapToDouble(Double::doubleValue).toArray())
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
