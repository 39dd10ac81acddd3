package io.stanzahook.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.rooms.LossReason;
import io.stanzahook.rooms.RoomEvent;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.stream.WrittenStanza;
import io.stanzahook.trace.Tracing;
import io.stanzahook.webhook.WebhookEndpoint;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.StreamEvent;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Feeds one component's meters. All counters with known labels are registered at once, so that
 * their series begin at 0; events of a stanza find their meter by enum or index. What is read and
 * not counted ({@link #bind}, {@link #bindSpool} and their like) has to be bound once the gateway
 * runs.
 *
 * <p>Threading: any thread may call, several at once, and none is held up.
 */
public final class GatewayMetrics implements DeliveryListener, StreamListener {
  private static final List<GatewayMeter> SPOOL_GAUGES =
      List.of(
          GatewayMeter.SPOOL_DEPTH,
          GatewayMeter.SPOOL_OLDEST,
          GatewayMeter.SPOOL_BYTES,
          GatewayMeter.SPOOL_LIMIT,
          GatewayMeter.DEAD_LETTERS);

  private final MeterRegistry registry;
  private final Tags tags;
  private final Map<StanzaKind, Counter> received;
  private final Map<StanzaKind, Counter> sent;
  private final Map<RefusalReason, Counter> refused;
  private final Map<DroppedReply.Reason, Counter> dropped;
  private final Map<RetryReason, Counter> retries;
  private final Map<Refusal, Counter> skipped;
  private final Map<LossReason, Counter> roomsLost;
  private final ReasonCounters failures;
  private final ReasonCounters quarantined;
  private final ReasonCounters buried;
  private final CallTimers calls;
  private final Timer deliveries;
  private final DistributionSummary batchSizes;
  private final Counter connects;
  private final Counter answersHeld;
  private final Counter botConversations;
  private final PauseClock pauses;
  private final TraceScope traces;
  private volatile boolean connected;
  private volatile @Nullable GatewayGauges gauges;
  private volatile @Nullable Supplier<JournalFigures> spool;
  private volatile @Nullable ToIntFunction<RoomState> rooms;

  /**
   * Registers the meters that events feed.
   *
   * @param component the component's domain, the value of the label {@code component}
   */
  public GatewayMetrics(MeterRegistry registry, String component) {
    this(registry, component, new TraceScope(Tracing.OFF));
  }

  /**
   * Registers the meters that events feed, whose registry may ask for spans.
   *
   * @param component the component's domain, the value of the label {@code component}
   * @param traces is told which span each duration belongs to
   */
  public GatewayMetrics(MeterRegistry registry, String component, TraceScope traces) {
    this(registry, component, traces, System::nanoTime);
  }

  GatewayMetrics(
      MeterRegistry registry, String component, TraceScope traces, LongSupplier nanoTime) {
    this.registry = registry;
    this.traces = traces;
    this.tags = Tags.of(GatewayMeter.COMPONENT, component);
    received =
        counters(StanzaKind.class, GatewayMeter.STANZAS_RECEIVED, "kind", StanzaKind::elementName);
    sent = counters(StanzaKind.class, GatewayMeter.STANZAS_SENT, "kind", StanzaKind::elementName);
    refused =
        counters(RefusalReason.class, GatewayMeter.STANZAS_REFUSED, "reason", RefusalReason::label);
    dropped =
        counters(
            DroppedReply.Reason.class,
            GatewayMeter.WEBHOOK_REPLIES_DROPPED,
            "reason",
            DroppedReply.Reason::label);
    retries =
        counters(RetryReason.class, GatewayMeter.WEBHOOK_RETRIES, "reason", RetryReason::label);
    skipped = counters(Refusal.class, GatewayMeter.STANZAS_REFUSED, "reason", Refusal::label);
    roomsLost = counters(LossReason.class, GatewayMeter.ROOMS_LOST, "reason", LossReason::label);
    failures = new ReasonCounters(registry, GatewayMeter.STREAM_FAILURES, tags);
    failures.of("closed");
    quarantined = new ReasonCounters(registry, GatewayMeter.STANZAS_QUARANTINED, tags);
    for (StreamCondition condition : StreamCondition.values()) {
      if (condition.cause() == StreamCondition.Cause.OUR_OUTPUT) {
        quarantined.of(condition.elementName());
      }
    }
    buried = new ReasonCounters(registry, GatewayMeter.DEAD_LETTERS_ADDED, tags);
    calls = new CallTimers(registry, tags);
    deliveries = GatewayMeter.DELIVERY.timer(registry, tags);
    batchSizes = GatewayMeter.WEBHOOK_BATCH_SIZE.sizes(registry, tags);
    connects = GatewayMeter.STREAM_CONNECTS.counter(registry, tags);
    answersHeld = GatewayMeter.ANSWERS_HELD.counter(registry, tags);
    botConversations = GatewayMeter.BOT_CONVERSATIONS.counter(registry, tags);
    pauses = new PauseClock(nanoTime);
    GatewayMeter.STREAM_PAUSED.functionCounter(registry, tags, pauses::seconds);
    GatewayMeter.STREAM_CONNECTED.gauge(registry, tags, () -> connected ? 1 : 0);
  }

  private <E extends Enum<E>> Map<E, Counter> counters(
      Class<E> type, GatewayMeter meter, String label, Function<E, String> value) {
    Map<E, Counter> counters = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      counters.put(constant, meter.counter(registry, tags.and(label, value.apply(constant))));
    }
    return counters;
  }

  /** Sets the sources of the gauges. If the same component starts again, the last sources count. */
  public void bind(GatewayGauges next) {
    boolean first = gauges == null;
    gauges = next;
    if (first) {
      gauge(GatewayMeter.WEBHOOK_IN_FLIGHT, of -> of.inFlight().getAsInt());
      gauge(GatewayMeter.WEBHOOK_CONCURRENCY_LIMIT, of -> of.concurrencyLimit().getAsInt());
      gauge(GatewayMeter.WEBHOOK_BREAKER_STATE, of -> of.breakerState().getAsInt());
      gauge(GatewayMeter.QUEUE_DEPTH, of -> of.queued().getAsInt());
      gauge(
          GatewayMeter.QUEUE_OLDEST,
          of -> of.oldestQueuedNanos().getAsLong() / (double) TimeUnit.SECONDS.toNanos(1));
    }
  }

  private void gauge(GatewayMeter meter, ToDoubleFunction<GatewayGauges> value) {
    meter.gauge(registry, tags, () -> value.applyAsDouble(Objects.requireNonNull(gauges)));
  }

  /** Sets whose meters there are by endpoint, in place of those before. */
  public void bindEndpoints(List<WebhookEndpoint> endpoints) {
    remove(GatewayMeter.WEBHOOK_ENDPOINT_CALLS);
    remove(GatewayMeter.WEBHOOK_ENDPOINT_IN_FLIGHT);
    remove(GatewayMeter.WEBHOOK_ENDPOINT_BREAKER_STATE);
    for (WebhookEndpoint endpoint : endpoints) {
      Tags own = tags.and("endpoint", endpoint.name());
      GatewayMeter.WEBHOOK_ENDPOINT_IN_FLIGHT.gauge(registry, own, endpoint::inFlight);
      GatewayMeter.WEBHOOK_ENDPOINT_BREAKER_STATE.gauge(
          registry, own, () -> endpoint.breakerState().level());
      for (String outcome : WebhookEndpoint.OUTCOMES) {
        GatewayMeter.WEBHOOK_ENDPOINT_CALLS.functionCounter(
            registry, own.and("outcome", outcome), () -> endpoint.calls(outcome));
      }
    }
  }

  /** Sets what the meter of the rooms is read from, on each scrape and on its thread. */
  public void bindRooms(ToIntFunction<RoomState> next) {
    boolean first = rooms == null;
    rooms = next;
    if (first) {
      for (RoomState state : RoomState.values()) {
        GatewayMeter.ROOMS.gauge(
            registry,
            tags.and("state", state.label()),
            () -> Objects.requireNonNull(rooms).applyAsInt(state));
      }
    }
  }

  /** Counts what happens to the component in its chat rooms. */
  public void room(RoomEvent event) {
    if (event instanceof RoomEvent.Lost loss) {
      count(roomsLost, loss.reason());
    } else if (event instanceof RoomEvent.Dismissed gone) {
      count(roomsLost, gone.reason());
    } else if (event instanceof RoomEvent.StreamLost all) {
      Counter lost = roomsLost.get(LossReason.STREAM);
      if (lost != null) {
        lost.increment(all.rooms());
      }
    }
  }

  /**
   * Sets what the meters of the spool are read from, on each scrape and on its thread.
   *
   * @param figures null without a spool; then there are no such meters
   */
  public void bindSpool(@Nullable Supplier<JournalFigures> figures) {
    boolean before = spool != null;
    spool = figures;
    if (figures == null) {
      SPOOL_GAUGES.forEach(this::remove);
    } else if (!before) {
      spoolGauge(GatewayMeter.SPOOL_DEPTH, JournalFigures::depth);
      spoolGauge(GatewayMeter.SPOOL_OLDEST, now -> secondsSince(now.oldestReceivedAt()));
      spoolGauge(GatewayMeter.SPOOL_BYTES, JournalFigures::bytes);
      spoolGauge(GatewayMeter.SPOOL_LIMIT, JournalFigures::limit);
      spoolGauge(GatewayMeter.DEAD_LETTERS, JournalFigures::deadLetters);
      discarded();
      // So that the series is there before the first outage.
      buried.of(WebhookResult.Outcome.NOT_SENT.label());
    }
  }

  private void spoolGauge(GatewayMeter meter, ToDoubleFunction<JournalFigures> value) {
    meter.gauge(
        registry,
        tags,
        () -> {
          Supplier<JournalFigures> figures = spool;
          return figures == null ? Double.NaN : value.applyAsDouble(figures.get());
        });
  }

  /** Removes all meters of the component from the registry, because the component is gone. */
  public void remove() {
    for (GatewayMeter meter : GatewayMeter.values()) {
      remove(meter);
    }
  }

  private void remove(GatewayMeter meter) {
    registry.find(meter.meterName()).tags(tags).meters().forEach(registry::remove);
  }

  private static double secondsSince(long millis) {
    return millis == 0 ? 0 : Math.max(0, System.currentTimeMillis() - millis) / 1000.0;
  }

  /** The registry gives the same one each time. */
  private Counter discarded() {
    return GatewayMeter.DEAD_LETTERS_DISCARDED.counter(registry, tags);
  }

  @Override
  public void buried(Stanza stanza, String webhookId, String cause) {
    buried.increment(cause);
  }

  @Override
  public void deadLettersDiscarded(int count) {
    discarded().increment(count);
  }

  @Override
  public void received(Stanza stanza) {
    count(received, stanza.kind());
  }

  @Override
  public void refused(Stanza stanza, RefusalReason reason) {
    count(refused, reason);
  }

  @Override
  public void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
    if (!isHeldBack(result)) {
      record(calls.of(result), webhookId, attempt, nanos);
    }
  }

  @Override
  public void called(Batch batch, WebhookResult result, long nanos) {
    if (!isHeldBack(result)) {
      batchSizes.record(batch.size());
    }
    for (int i = 0; i < batch.size(); i++) {
      called(batch.stanza(i), batch.webhookId(i), batch.attempt(i), result.of(i), nanos);
    }
  }

  @Override
  public void retrying(
      Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {
    if (!isHeldBack(failed)) {
      count(retries, RetryReason.of(failed));
    }
  }

  /** No call was made: neither one that took time, nor one that is made again. */
  private static boolean isHeldBack(WebhookResult result) {
    return result instanceof WebhookResult.Failed failed
        && failed.outcome() == WebhookResult.Outcome.HELD_BACK;
  }

  @Override
  public void dropped(Stanza stanza, String webhookId, DroppedReply reply) {
    count(dropped, reply.reason());
  }

  @Override
  public void answerHeld(Stanza stanza, String webhookId, long nanos, boolean first) {
    answersHeld.increment();
  }

  @Override
  public void looksLikeBots(Stanza stanza) {
    botConversations.increment();
  }

  @Override
  public void sent(OutboundStanza stanza) {
    count(sent, stanza.kind());
  }

  @Override
  public void settled(Stanza stanza, String webhookId, long nanos) {
    record(deliveries, webhookId, 0, nanos);
  }

  private void record(Timer timer, String webhookId, int attempt, long nanos) {
    traces.enter(webhookId, attempt);
    try {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    } finally {
      traces.leave();
    }
  }

  @Override
  public void connected() {
    connects.increment();
    connected = true;
  }

  @Override
  public void disconnected(String reason, String explanation) {
    failures.increment(reason);
    connected = false;
    // Backpressure stops a connection: the next one says so itself if it is stopped too.
    pauses.resume();
  }

  @Override
  public void refused(StreamEvent.Refused stanza) {
    count(skipped, stanza.reason());
  }

  @Override
  public void bounced(OutboundStanza bounce) {
    sent(bounce);
  }

  @Override
  public void quarantined(String condition, List<WrittenStanza> suspects) {
    quarantined.of(condition).increment(suspects.size());
  }

  @Override
  public void paused() {
    pauses.pause();
  }

  @Override
  public void resumed() {
    pauses.resume();
  }

  @Override
  public void status(StreamStatus status, @Nullable String detail) {
    connected = status == StreamStatus.CONNECTED;
  }

  private static <E extends Enum<E>> void count(Map<E, Counter> counters, E key) {
    Counter counter = counters.get(key);
    if (counter != null) {
      counter.increment();
    }
  }
}
