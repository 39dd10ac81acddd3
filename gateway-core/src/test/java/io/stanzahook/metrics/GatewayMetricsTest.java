package io.stanzahook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.stream.WrittenStanza;
import io.stanzahook.trace.Tracing;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamEvent;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {
  private static final Stanza HELLO =
      new Message(
          new StanzaHeader(Jid.of("bot@gw.localhost"), Jid.of("a@localhost/x"), "1", "chat", null),
          "hello",
          null,
          null,
          List.of(),
          StanzaXml.of("<message/>"));

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicLong clock = new AtomicLong(5_000_000_000L);
  private final GatewayMetrics metrics =
      new GatewayMetrics(registry, "gw.localhost", new TraceScope(Tracing.OFF), clock::get);

  @Test
  void aSpoolHasMetersOnlyWhereThereIsOne() {
    assertThat(registry.find("stanzahook.spool.depth").gauge()).isNull();
    assertThat(registry.find("stanzahook.dead.letters.discarded").counter()).isNull();

    metrics.bindSpool(
        () -> new JournalFigures(3, System.currentTimeMillis() - 5_000, 4096, 2, 8192, false));
    metrics.buried(HELLO, "w1", "status_500");
    metrics.deadLettersDiscarded(4);

    assertThat(registry.get("stanzahook.spool.depth").gauge().value()).isEqualTo(3);
    assertThat(registry.get("stanzahook.spool.oldest").gauge().value()).isBetween(5.0, 60.0);
    assertThat(registry.get("stanzahook.spool").gauge().value()).isEqualTo(4096);
    assertThat(registry.get("stanzahook.spool.limit").gauge().value()).isEqualTo(8192);
    assertThat(registry.get("stanzahook.dead.letters").gauge().value()).isEqualTo(2);
    assertThat(
            registry
                .get("stanzahook.dead.letters.added")
                .tag("cause", "status_500")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(registry.get("stanzahook.dead.letters.discarded").counter().count()).isEqualTo(4);
  }

  @Test
  void noMeterLosesItsValueToTheCollector() {
    metrics.paused();
    WeakReference<Object> canary = new WeakReference<>(new Object());
    while (canary.get() != null) {
      System.gc();
    }
    clock.addAndGet(2_000_000_000L);

    assertThat(registry.get("stanzahook.stream.paused").functionCounter().count()).isEqualTo(2);
  }

  @Test
  void aComponentThatIsStartedAnewKeepsItsCountersAndShowsItsNewGauges() {
    metrics.bind(new GatewayGauges(() -> 1, () -> 2, () -> 0, () -> 3, () -> 4));
    metrics.bindSpool(() -> new JournalFigures(3, 0, 4096, 2, 8192, false));
    metrics.received(HELLO);

    metrics.bind(new GatewayGauges(() -> 11, () -> 12, () -> 0, () -> 13, () -> 14));
    metrics.bindSpool(() -> new JournalFigures(30, 0, 4096, 2, 8192, false));

    assertThat(registry.get("stanzahook.webhook.in.flight").gauge().value()).isEqualTo(11);
    assertThat(registry.get("stanzahook.queue.depth").gauge().value()).isEqualTo(13);
    assertThat(registry.get("stanzahook.spool.depth").gauge().value()).isEqualTo(30);
    assertThat(counter("stanzahook.stanzas.received", "kind", "message")).isEqualTo(1);
    metrics.bindSpool(null);
    assertThat(registry.find("stanzahook.spool.depth").gauge()).isNull();
    metrics.bindSpool(() -> new JournalFigures(5, 0, 4096, 2, 8192, false));
    assertThat(registry.get("stanzahook.spool.depth").gauge().value()).isEqualTo(5);
  }

  @Test
  void oneThatIsGoneLeavesNoMeterAndTakesNobodyElses() {
    GatewayMetrics other = new GatewayMetrics(registry, "other.localhost");
    int left = registry.getMeters().size() / 2;
    metrics.bind(new GatewayGauges(() -> 1, () -> 2, () -> 0, () -> 3, () -> 4));
    metrics.bindSpool(() -> new JournalFigures(3, 0, 4096, 2, 8192, false));
    metrics.buried(HELLO, "w1", "status_500");
    metrics.disconnected("io", "");

    metrics.remove();

    assertThat(registry.getMeters())
        .hasSize(left)
        .allMatch(meter -> "other.localhost".equals(meter.getId().getTag(GatewayMeter.COMPONENT)));
    other.received(HELLO);
    assertThat(
            registry
                .get("stanzahook.stanzas.received")
                .tags("component", "other.localhost", "kind", "message")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void countsReceivedAndSentByKind() {
    metrics.received(HELLO);
    metrics.received(HELLO);
    metrics.sent(
        OutboundStanza.of(OutboundStanza.builder(StanzaKind.IQ, HELLO.from(), HELLO.to()).build()));

    assertThat(counter("stanzahook.stanzas.received", "kind", "message")).isEqualTo(2);
    assertThat(counter("stanzahook.stanzas.received", "kind", "iq")).isZero();
    assertThat(counter("stanzahook.stanzas.sent", "kind", "iq")).isEqualTo(1);
    assertThat(counter("stanzahook.stanzas.sent", "kind", "message")).isZero();
  }

  @Test
  void countsRefusalsOfDispatcherAndStreamInOneMeter() {
    metrics.refused(HELLO, RefusalReason.QUEUE_FULL);
    metrics.refused(new StreamEvent.Refused(Refusal.DEPTH, 100, null));
    metrics.refused(new StreamEvent.Refused(Refusal.DEPTH, 100, null));

    assertThat(counter("stanzahook.stanzas.refused", "reason", "queue_full")).isEqualTo(1);
    assertThat(counter("stanzahook.stanzas.refused", "reason", "too_deep")).isEqualTo(2);
  }

  @Test
  void timesCallsByOutcomeAndStatus() {
    called(new WebhookResult.Answered(200, List.of(), List.of()), 2);
    called(failed(WebhookResult.Outcome.ANSWERED, 503), 3);
    called(failed(WebhookResult.Outcome.ANSWERED, 503), 4);
    called(failed(WebhookResult.Outcome.NOT_SENT, 0), 5);
    called(failed(WebhookResult.Outcome.UNKNOWN, 200), 6);

    assertThat(callMillis("ok", "200")).isEqualTo(2);
    assertThat(callMillis("answered", "503")).isEqualTo(7);
    assertThat(callMillis("not_sent", "none")).isEqualTo(5);
    assertThat(callMillis("unknown", "200")).isEqualTo(6);
  }

  @Test
  void aStatusThatIsNoneCannotAddASeries() {
    called(new WebhookResult.Answered(99, List.of(), List.of()), 1);
    called(new WebhookResult.Answered(1000, List.of(), List.of()), 1);
    called(new WebhookResult.Answered(-1, List.of(), List.of()), 1);
    called(new WebhookResult.Answered(999, List.of(), List.of()), 1);

    assertThat(callMillis("ok", "none")).isEqualTo(3);
    assertThat(callMillis("ok", "999")).isEqualTo(1);
    assertThat(registry.find("stanzahook.webhook.request").timers()).hasSize(3);
  }

  @Test
  void countsRetriesByReason_butNotCallsThatWereNotMade() {
    retrying(failed(WebhookResult.Outcome.ANSWERED, 503));
    retrying(failed(WebhookResult.Outcome.ANSWERED, 429));
    retrying(failed(WebhookResult.Outcome.UNKNOWN, 0));
    retrying(failed(WebhookResult.Outcome.NOT_SENT, 0));
    called(failed(WebhookResult.Outcome.HELD_BACK, 0), 1);
    retrying(failed(WebhookResult.Outcome.HELD_BACK, 0));

    assertThat(counter("stanzahook.webhook.retries", "reason", "status")).isEqualTo(2);
    assertThat(counter("stanzahook.webhook.retries", "reason", "unknown")).isEqualTo(1);
    assertThat(counter("stanzahook.webhook.retries", "reason", "not_sent")).isEqualTo(1);
    assertThat(registry.find("stanzahook.webhook.request").tag("outcome", "held_back").timers())
        .isEmpty();
  }

  private void retrying(WebhookResult.Failed failed) {
    metrics.retrying(HELLO, "w1", 1, failed, 1_000_000);
  }

  @Test
  void countsDroppedRepliesByReason() {
    metrics.dropped(HELLO, "w1", new DroppedReply(DroppedReply.Reason.FOREIGN_FROM, "x"));

    assertThat(counter("stanzahook.webhook.replies.dropped", "reason", "foreign_from"))
        .isEqualTo(1);
    assertThat(registry.find("stanzahook.webhook.replies.dropped").counters())
        .hasSize(DroppedReply.Reason.values().length);
  }

  @Test
  void timesDeliveries() {
    metrics.settled(HELLO, "w1", Duration.ofMillis(30).toNanos());

    assertThat(registry.get("stanzahook.delivery").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(30);
  }

  @Test
  void followsTheStream() {
    assertThat(gauge("stanzahook.stream.connected")).isZero();
    metrics.connected();
    assertThat(gauge("stanzahook.stream.connected")).isEqualTo(1);
    metrics.disconnected("conflict", "");
    assertThat(gauge("stanzahook.stream.connected")).isZero();
    metrics.connected();
    metrics.status(StreamStatus.ENDED, "stopped");

    assertThat(gauge("stanzahook.stream.connected")).isZero();
    assertThat(registry.get("stanzahook.stream.connects").counter().count()).isEqualTo(2);
    assertThat(counter("stanzahook.stream.failures", "reason", "conflict")).isEqualTo(1);
  }

  @Test
  void aServerCannotAddSeriesWithoutBound() {
    for (int i = 0; i < 1000; i++) {
      metrics.disconnected("made-up-" + i, "");
    }

    assertThat(registry.find("stanzahook.stream.failures").counters())
        .hasSize(ReasonCounters.MAX_REASONS + 1);
    assertThat(counter("stanzahook.stream.failures", "reason", "other"))
        .isEqualTo(1000 - (ReasonCounters.MAX_REASONS - 1));
  }

  @Test
  void countsQuarantinedStanzasByCondition() {
    WrittenStanza suspect =
        new WrittenStanza(StanzaKind.MESSAGE, "chat", HELLO.to(), HELLO.from(), "1", 99);
    assertThat(counter("stanzahook.stanzas.quarantined", "reason", "not-well-formed")).isZero();

    metrics.quarantined("invalid-from", List.of(suspect, suspect, suspect));

    assertThat(counter("stanzahook.stanzas.quarantined", "reason", "invalid-from")).isEqualTo(3);
  }

  @Test
  void addsUpPausesAndCountsTheOneThatLasts() {
    metrics.paused();
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(paused()).isEqualTo(2);
    metrics.paused();
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    metrics.resumed();
    clock.addAndGet(Duration.ofSeconds(10).toNanos());
    metrics.resumed();
    assertThat(paused()).isEqualTo(3);
    metrics.paused();
    clock.addAndGet(Duration.ofMillis(500).toNanos());
    metrics.disconnected("closed", "");
    clock.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(paused()).isEqualTo(3.5);
  }

  @Test
  void readsGaugesAtEachScrape() {
    AtomicLong value = new AtomicLong(1);
    metrics.bind(
        new GatewayGauges(
            () -> (int) value.get(),
            () -> 256,
            () -> 2,
            () -> (int) value.get() * 10,
            () -> value.get() * 1_500_000_000L));
    assertThat(gauge("stanzahook.webhook.in.flight")).isEqualTo(1);
    value.set(2);

    assertThat(gauge("stanzahook.webhook.in.flight")).isEqualTo(2);
    assertThat(gauge("stanzahook.webhook.concurrency.limit")).isEqualTo(256);
    assertThat(gauge("stanzahook.webhook.breaker.state")).isEqualTo(2);
    assertThat(gauge("stanzahook.queue.depth")).isEqualTo(20);
    assertThat(gauge("stanzahook.queue.oldest")).isEqualTo(3);
  }

  private void called(WebhookResult result, long millis) {
    metrics.called(HELLO, "w1", 1, result, Duration.ofMillis(millis).toNanos());
  }

  private static WebhookResult.Failed failed(WebhookResult.Outcome outcome, int status) {
    StanzaError error =
        new StanzaError(ErrorType.WAIT, ErrorCondition.REMOTE_SERVER_TIMEOUT, "away");
    return new WebhookResult.Failed(outcome, status, error, "away", null);
  }

  private double callMillis(String outcome, String status) {
    return registry
        .get("stanzahook.webhook.request")
        .tags("component", "gw.localhost", "outcome", outcome, "status", status)
        .timer()
        .totalTime(TimeUnit.MILLISECONDS);
  }

  private double counter(String name, String label, String value) {
    return registry.get(name).tags("component", "gw.localhost", label, value).counter().count();
  }

  private double gauge(String name) {
    return registry.get(name).tag("component", "gw.localhost").gauge().value();
  }

  private double paused() {
    return registry.get("stanzahook.stream.paused").functionCounter().count();
  }
}
