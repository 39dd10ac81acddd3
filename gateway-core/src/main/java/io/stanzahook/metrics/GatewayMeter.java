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
 * docs/operate/metrics.md is generated from here.
 *
 * <p>A meter's Micrometer name has dots; {@link #prometheusName()} is what a scrape shows. Every
 * meter has the label {@code component} besides those listed.
 *
 * <p>The spool's meters ({@code spool_depth}, {@code spool_oldest_seconds}, {@code dead_letters})
 * belong after {@link #DELIVERY}, read by further suppliers of {@link GatewayGauges}, and only
 * where there is a spool: a gauge that is always 0 says nothing.
 */
public enum GatewayMeter {
  STANZAS_RECEIVED(
      "stanzahook.stanzas.received",
      Type.COUNTER,
      List.of("kind"),
      null,
      "Stanzas that came in and were accepted, or answered by the gateway itself.",
      "As a stanza is taken: before its webhook call, or before the gateway answers it."),
  STANZAS_SENT(
      "stanzahook.stanzas.sent",
      Type.COUNTER,
      List.of("kind"),
      null,
      "Stanzas written to the component's stream: replies, errors, the gateway's own answers and"
          + " what the send API was asked to send.",
      "Once the stanza is written to the socket."),
  STANZAS_REFUSED(
      "stanzahook.stanzas.refused",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Stanzas turned away without a webhook call: by the dispatcher, or skipped while reading as"
          + " too large or unusable.",
      "When it is turned away; such a stanza is no delivery."),
  STANZAS_QUARANTINED(
      "stanzahook.stanzas.quarantined",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Stanzas written last before the server ended the stream over one of them (the log names"
          + " them); none is written again. `reason` is the stream error's condition.",
      "When the server ends the stream with a condition that blames what it was sent."),
  WEBHOOK_REQUEST(
      "stanzahook.webhook.request",
      Type.HISTOGRAM,
      List.of("outcome", "status"),
      "seconds",
      "Webhook calls, one attempt each. `outcome` is `ok` (a 2xx that was understood), `answered`"
          + " (any other response), `not_sent` (no connection), `undecodable`"
          + " (an answer that is no HTTP) or `unknown` (sent, no whole"
          + " response); `status` is the HTTP status, or `none`.",
      "When a call ends, however it ends; a call that the breaker held back is none."),
  WEBHOOK_IN_FLIGHT(
      "stanzahook.webhook.in.flight",
      Type.GAUGE,
      List.of(),
      null,
      "Webhook calls in flight.",
      "Up as a call begins, down as it ends."),
  WEBHOOK_CONCURRENCY_LIMIT(
      "stanzahook.webhook.concurrency.limit",
      Type.GAUGE,
      List.of(),
      null,
      "Webhook calls in flight at most (`--concurrency`).",
      "With `PATCH /admin/settings`; under `--concurrency auto` by itself."),
  WEBHOOK_RETRIES(
      "stanzahook.webhook.retries",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Failed webhook calls that another attempt was to follow (`--retry-for`). `reason` is"
          + " `not_sent` (no connection), `unknown` (sent, no whole response) or `status`"
          + " (`--retry-statuses`).",
      "When a call failed and the next attempt is set down; not when a delivery is given up."),
  WEBHOOK_BREAKER_STATE(
      "stanzahook.webhook.breaker.state",
      Type.GAUGE,
      List.of(),
      null,
      "The breaker of the webhook's endpoint: 0 closed (calls are made), 1 half-open (a few, to see"
          + " whether it is back), 2 open (none). Where kinds of stanza have URLs of their own, the"
          + " highest of their breakers.",
      "When most of the last calls failed, and when calls succeed again."),
  WEBHOOK_REPLIES_DROPPED(
      "stanzahook.webhook.replies.dropped",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Replies the webhook gave and the gateway did not send.",
      "When a reply is looked at and refused, or has waited too long for the stream."),
  ANSWERS_HELD(
      "stanzahook.answers.held",
      Type.COUNTER,
      List.of(),
      null,
      "Answers that had to wait, since their conversation had had as many in a minute as"
          + " `--answers-per-minute` lets through.",
      "When an answer is held; not when it leaves, once the minute is over."),
  BOT_CONVERSATIONS(
      "stanzahook.bot.conversations",
      Type.COUNTER,
      List.of(),
      null,
      "Conversations that have come to look like two bots that answer each other: 100 messages in a"
          + " row that each came within 2 s of the answer to the one before.",
      "Once for each, at its 100th quick turn; the log names it."),
  QUEUE_DEPTH(
      "stanzahook.queue.depth",
      Type.GAUGE,
      List.of(),
      null,
      "Stanzas waiting for a webhook call, the first or another, or for their held answer to"
          + " leave.",
      "Up when calls in flight are at their limit or a call is to be made again; down as the call"
          + " begins."),
  QUEUE_OLDEST(
      "stanzahook.queue.oldest",
      Type.GAUGE,
      List.of(),
      "seconds",
      "How long the oldest waiting stanza has waited; 0 where none waits.",
      "Grows with the time as long as the same stanza waits."),
  SPOOL_DEPTH(
      "stanzahook.spool.depth",
      Type.GAUGE,
      List.of(),
      null,
      "Messages on disk whose delivery is not settled, with `--spool`.",
      "A message came, or one was settled or given up."),
  SPOOL_OLDEST(
      "stanzahook.spool.oldest",
      Type.GAUGE,
      List.of(),
      "seconds",
      "How long ago the first of them came in; 0 where there are none.",
      "Grows with the time as long as the same message is not settled."),
  SPOOL_BYTES(
      "stanzahook.spool",
      Type.GAUGE,
      List.of(),
      "bytes",
      "What messages and dead letters take on disk (`--spool-limit`).",
      "A message was written to disk, or deleted there."),
  SPOOL_LIMIT(
      "stanzahook.spool.limit",
      Type.GAUGE,
      List.of(),
      "bytes",
      "What messages and dead letters may take on disk (`--spool-limit`).",
      "Fixed once the component runs."),
  DEAD_LETTERS(
      "stanzahook.dead.letters",
      Type.GAUGE,
      List.of(),
      null,
      "Messages that were given up and are kept (`--dead-letters`).",
      "One was given up, redelivered or deleted."),
  DEAD_LETTERS_ADDED(
      "stanzahook.dead.letters.added",
      Type.COUNTER,
      List.of("cause"),
      null,
      "Messages that were given up. `cause` is `status_` and the HTTP status, `not_sent`,"
          + " `unknown`, `undecodable`, `held_back`, `unreadable` or `too_large`.",
      "`--retry-for` was over, or the webhook refused a message or answered what cannot be read."),
  DEAD_LETTERS_DISCARDED(
      "stanzahook.dead.letters.discarded",
      Type.COUNTER,
      List.of(),
      null,
      "Dead letters that were deleted because there were too many.",
      "More are kept than `--dead-letters` allows: the oldest go."),
  DELIVERY(
      "stanzahook.delivery",
      Type.HISTOGRAM,
      List.of(),
      "seconds",
      "From a stanza received to its delivery settled: its replies, if any, are written.",
      "When the last reply of a delivery is written, or there is none, or it is given up."),
  ROOMS(
      "stanzahook.rooms",
      Type.GAUGE,
      List.of("state"),
      null,
      "Chat rooms, each counted for each of the component's addresses that is, or is to be, in it."
          + " `state` is `joined`, `entering` (asked to be let in) or `lost` (out, and to be"
          + " entered again).",
      "A room let an address in, or out, or the address left it."),
  ROOMS_LOST(
      "stanzahook.rooms.lost",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Times that a room where an address was asked to be was lost, or did not let it in; it is"
          + " entered again later.",
      "A room says that the address is out, or refuses it, or does not answer; for all rooms when"
          + " the stream is lost."),
  STREAM_CONNECTED(
      "stanzahook.stream.connected",
      Type.GAUGE,
      List.of(),
      null,
      "1 while the server has the component authenticated, else 0.",
      "1 with the handshake, 0 with the loss of the connection."),
  STREAM_CONNECTS(
      "stanzahook.stream.connects",
      Type.COUNTER,
      List.of(),
      null,
      "Handshakes the server accepted.",
      "With each handshake that the server accepts."),
  STREAM_FAILURES(
      "stanzahook.stream.failures",
      Type.COUNTER,
      List.of("reason"),
      null,
      "Connections that ended, or never came up, other than by our own closing. `reason` is a"
          + " stream error's condition, or `closed`, `connect`, `tls`, `timeout`, `io`,"
          + " `ping_timeout`, `no_id`.",
      "With each connection, or attempt at one, that fails."),
  STREAM_PAUSED(
      "stanzahook.stream.paused",
      Type.COUNTER,
      List.of(),
      "seconds",
      "Time for which reading the stream was stopped by backpressure.",
      "As long as `--overload backpressure` stops reading, each second of it.");

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

  Timer timer(MeterRegistry registry, Tags tags) {
    return Timer.builder(meterName)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
        .register(registry);
  }
}
