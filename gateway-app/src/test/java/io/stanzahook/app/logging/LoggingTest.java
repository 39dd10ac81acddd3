package io.stanzahook.app.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.trace.Tracing;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.EndpointEvent;
import io.stanzahook.webhook.EndpointEvent.BreakerChanged;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {
  private static final Stanza HELLO =
      new Message(
          new StanzaHeader(Jid.of("bot@gw"), Jid.of("ann@localhost"), "1", "chat", null),
          "a private word",
          null,
          null,
          List.of(),
          StanzaXml.of("<message><body>a private word</body></message>"));

  private final PrintStream stderr = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  LoggingTest() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(stderr);
    Logging.configure((LoggerContext) LoggerFactory.getILoggerFactory(), LogFormat.TEXT);
  }

  private static Stanza to(String address) {
    return new Message(
        new StanzaHeader(Jid.of(address), Jid.of("ann@localhost"), "1", "chat", null),
        "x",
        null,
        null,
        List.of(),
        StanzaXml.of("<message/>"));
  }

  @Test
  void aServerThatHasAnotherNameForTheComponentIsToldOfOnceWithTheRemedy() {
    Logging.start(LogFormat.TEXT);
    DeliveryLog deliveries = new DeliveryLog("bot.elsewhere.test", Tracing.OFF, new Intervals());
    for (int i = 0; i < 50; i++) {
      deliveries.refused(to("x@bot.elsewhere.test.of.test"), RefusalReason.FOREIGN_TO);
      deliveries.refused(to("x@other.test"), RefusalReason.FOREIGN_TO);
    }

    assertThat(lines())
        .satisfiesExactly(
            renamed ->
                assertThat(renamed)
                    .contains(
                        " WARN ",
                        "for bot.elsewhere.test.of.test, not for bot.elsewhere.test:",
                        "Openfire",
                        "bot.of.test"),
            foreign ->
                assertThat(foreign)
                    .contains(" WARN ", "for other.test", "bot.elsewhere.test", "--component"));
  }

  @Test
  void textIsOneLineAnEvent() {
    Logging.start(LogFormat.TEXT);
    Logger log = LoggerFactory.getLogger("io.stanzahook.Some");
    log.info("hello\r\n2026-01-01 ERROR forged");
    log.debug("not shown");

    assertThat(lines())
        .singleElement()
        .asString()
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO  Some - hello \\|"
                + " 2026-01-01 ERROR forged");
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void directionMarksInAnAddressAreSeenAndTurnNothingAround(LogFormat format) {
    String mark = "\u202E";
    String tag = Character.toString(0xE0041);
    Logging.start(format);
    Logger log = LoggerFactory.getLogger("io.stanzahook.some");
    log.atWarn()
        .addKeyValue("from", "a" + mark + "b@localhost")
        .log(
            "from {}",
            "a" + mark + "b\u200B\uFEFF\u2066\u009B" + tag + "\u2028é👩\u200D🚀@localhost");
    Logging.stop();

    String line = written.toString(StandardCharsets.UTF_8);
    assertThat(line)
        .contains(
            "a\\u202Eb\\u200B\\uFEFF\\u2066\\u009B\\uDB40\\uDC41\\u2028é👩\u200D🚀@localhost");
    if (format == LogFormat.JSON) {
      assertThat(JsonMapper.shared().readTree(line).path("from").asString())
          .isEqualTo("a" + mark + "b@localhost");
    }
  }

  @Test
  void jsonIsOneObjectALine() {
    Logging.start(LogFormat.JSON);
    LoggerFactory.getLogger("stream").warn("a \"word\"\nü {}", 1, new IllegalStateException("x"));

    List<String> lines = lines();
    assertThat(lines).hasSize(1);
    JsonNode line = JsonMapper.shared().readTree(lines.get(0));
    assertThat(line.get("level").asString()).isEqualTo("WARN");
    assertThat(line.get("logger").asString()).isEqualTo("stream");
    assertThat(line.get("thread").asString()).isEqualTo(Thread.currentThread().getName());
    assertThat(line.get("message").asString()).isEqualTo("a \"word\"\nü 1");
    assertThat(line.get("trace").asString()).startsWith("java.lang.IllegalStateException: x");
    assertThat(Instant.parse(line.get("time").asString())).isBefore(Instant.now().plusSeconds(1));
  }

  @Test
  void jsonHasWhatIsKnownAsFields() {
    Logging.start(LogFormat.JSON);
    Tracing tracing = Tracing.on(1);
    StanzaError error = new StanzaError(ErrorType.WAIT, ErrorCondition.REMOTE_SERVER_TIMEOUT, "x");
    new DeliveryLog("gw", tracing, new Intervals())
        .gaveUp(
            HELLO,
            "w{}2",
            3,
            new WebhookResult.Failed(WebhookResult.Outcome.ANSWERED, 500, error, "no {}", null));

    JsonNode line = JsonMapper.shared().readTree(lines().get(0));
    assertThat(line.get("component").asString()).isEqualTo("gw");
    assertThat(line.get("kind").asString()).isEqualTo("message");
    assertThat(line.get("stanza_id").asString()).isEqualTo("1");
    assertThat(line.get("from").asString()).isEqualTo("ann@localhost");
    assertThat(line.get("to").asString()).isEqualTo("bot@gw");
    assertThat(line.get("webhook_id").asString()).isEqualTo("w{}2");
    assertThat(line.get("attempt").asInt()).isEqualTo(3);
    assertThat(line.get("outcome").asString()).isEqualTo("answered");
    assertThat(line.get("status").asInt()).isEqualTo(500);
    assertThat(line.get("trace_id").asString()).isEqualTo(tracing.of("w{}2", 0).traceId());
    assertThat(line.get("message").asString())
        .startsWith("gw: message from ann@localhost to bot@gw: webhook call w{}2 failed")
        .endsWith(": no {})");
  }

  @Test
  void nettysOwnLinesAreShownFromWarningsOn() {
    Logging.start(LogFormat.TEXT);
    LoggerFactory.getLogger("io.netty.x").info("no");
    LoggerFactory.getLogger("reactor.netty.x").warn("yes");

    assertThat(lines()).singleElement().asString().endsWith("WARN  x - yes");
  }

  @Test
  void whatAWebhooksAuthorMayHaveMeantOtherwiseIsSaid() {
    Logging.start(LogFormat.TEXT);
    DeliveryLog deliveries = new DeliveryLog("gw", Tracing.OFF, new Intervals());
    deliveries.called(
        HELLO,
        "w1",
        1,
        new WebhookResult.Answered(201, List.of(), List.of(), "only a 200 is", false),
        1);

    assertThat(lines()).singleElement().asString().endsWith("INFO  webhook - gw: only a 200 is");
  }

  @Test
  void deliveriesAreLoggedWhereTheyFailAndWithoutBodies() {
    Logging.start(LogFormat.TEXT);
    DeliveryLog deliveries = new DeliveryLog("gw", Tracing.OFF, new Intervals());
    StanzaError error = new StanzaError(ErrorType.WAIT, ErrorCondition.REMOTE_SERVER_TIMEOUT, "x");
    deliveries.received(HELLO);
    deliveries.called(HELLO, "w1", 1, new WebhookResult.Answered(200, List.of(), List.of()), 1);
    WebhookResult.Failed refused =
        new WebhookResult.Failed(
            WebhookResult.Outcome.NOT_SENT, 0, error, "connection refused", null);
    deliveries.called(HELLO, "w2", 2, refused, 1);
    deliveries.retrying(HELLO, "w2", 2, refused, 1_234_567_890);
    deliveries.retrying(
        HELLO,
        "w2",
        3,
        new WebhookResult.Failed(
            WebhookResult.Outcome.HELD_BACK, 0, error, "held back", Duration.ZERO),
        1);
    deliveries.gaveUp(HELLO, "w2", 3, refused);
    deliveries.dropped(
        HELLO, "w3", new DroppedReply(DroppedReply.Reason.FOREIGN_FROM, "from evil@other"));
    deliveries.refused(HELLO, RefusalReason.QUEUE_FULL);
    deliveries.refused(HELLO, RefusalReason.FOREIGN_TO);

    assertThat(lines())
        .satisfiesExactly(
            l ->
                assertThat(l)
                    .endsWith(
                        "gw: message from ann@localhost to bot@gw: attempt 2 of webhook call w2"
                            + " failed (not_sent, status none: connection refused); the next one"
                            + " follows in 1.234 s"),
            l ->
                assertThat(l)
                    .endsWith(
                        "webhook call w2 failed for good after 3 attempts (not_sent, status"
                            + " none: connection refused)"),
            l ->
                assertThat(l)
                    .endsWith(
                        "a reply of webhook call w3 was not sent (foreign_from): from evil@other"),
            l -> assertThat(l).endsWith("was refused (queue_full)"))
        .noneMatch(l -> l.contains("private"));
  }

  @Test
  void anOutageIsOneLineAtItsBeginningAndOneAtItsEnd() {
    Logging.start(LogFormat.TEXT);
    DeliveryLog deliveries = new DeliveryLog("gw", Tracing.OFF, new Intervals());
    deliveries.endpoint(new BreakerChanged("http://bot", BreakerState.CLOSED, BreakerState.OPEN));
    for (int i = 0; i < 5; i++) {
      deliveries.endpoint(
          new BreakerChanged("http://bot", BreakerState.OPEN, BreakerState.HALF_OPEN));
      deliveries.endpoint(
          new BreakerChanged("http://bot", BreakerState.HALF_OPEN, BreakerState.OPEN));
    }
    deliveries.endpoint(
        new BreakerChanged("http://bot", BreakerState.OPEN, BreakerState.HALF_OPEN));
    deliveries.endpoint(
        new BreakerChanged("http://bot", BreakerState.HALF_OPEN, BreakerState.CLOSED));
    deliveries.endpoint(new EndpointEvent.Gone("http://bot"));

    assertThat(lines())
        .satisfiesExactly(
            l -> assertThat(l).contains("WARN", "gw: most calls to the webhook http://bot fail"),
            l -> assertThat(l).contains("INFO", "gw: the webhook http://bot is back"),
            l -> assertThat(l).contains("ERROR", "gw: the webhook http://bot answered", "410"));
  }

  @Test
  void aFloodOfFailuresIsHeldBack() {
    Logging.start(LogFormat.TEXT);
    DeliveryLog deliveries = new DeliveryLog("gw", Tracing.OFF, new Intervals());
    for (int i = 0; i < 1000; i++) {
      deliveries.refused(HELLO, RefusalReason.QUEUE_FULL);
    }
    deliveries.dropped(HELLO, "w", new DroppedReply(DroppedReply.Reason.INVALID, "x"));

    assertThat(lines()).hasSize(DeliveryLog.FIRST + 1);
  }

  @Test
  void tenThousandFailuresAMinuteAreAFewLinesAndSums() {
    Logging.start(LogFormat.TEXT);
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    DeliveryLog deliveries = new DeliveryLog("gw", Tracing.OFF, new Intervals(time));
    StanzaError error = new StanzaError(ErrorType.WAIT, ErrorCondition.REMOTE_SERVER_TIMEOUT, "x");
    WebhookResult.Failed broken =
        new WebhookResult.Failed(WebhookResult.Outcome.UNKNOWN, 0, error, "broke", null);
    WebhookResult.Failed answered =
        new WebhookResult.Failed(WebhookResult.Outcome.ANSWERED, 401, error, "401", null);
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 167; i++) {
        deliveries.retrying(HELLO, "w", 1, broken, 1);
        deliveries.gaveUp(HELLO, "w", 1, broken);
        deliveries.dropped(HELLO, "w", new DroppedReply(DroppedReply.Reason.INVALID, "x"));
        deliveries.endpoint(
            new BreakerChanged("http://bot", BreakerState.CLOSED, BreakerState.OPEN));
        deliveries.endpoint(
            new BreakerChanged("http://bot", BreakerState.OPEN, BreakerState.CLOSED));
      }
      time.advanceTimeBy(Duration.ofSeconds(1));
    }
    // One cause does not hide another.
    deliveries.gaveUp(HELLO, "w", 1, answered);
    time.dispose();

    List<String> lines = lines();
    assertThat(lines).hasSizeLessThan(6 * 4 * (DeliveryLog.FIRST + 1) + 2);
    assertThat(lines).anyMatch(l -> l.contains("(answered, status 401: 401)"));
    long summed =
        lines.stream()
            .filter(l -> l.contains("more deliveries failed within 10 s (unknown, status"))
            .mapToLong(l -> Long.parseLong(l.replaceAll(".*gw: (\\d+) more .*", "$1")))
            .sum();
    long told =
        lines.stream().filter(l -> l.contains("failed for good") && l.contains("(unknown")).count();
    assertThat(summed + told).isEqualTo(60 * 167);
  }

  @Test
  void aStreamThatFlapsIsSummed() {
    Logging.start(LogFormat.TEXT);
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    StreamLog streams = new StreamLog("gw", new Intervals(time));
    for (int i = 0; i < 10_000; i++) {
      streams.status(StreamStatus.CONNECTED, null);
      streams.status(StreamStatus.CONNECTING, "closed; next attempt in 0 ms");
    }
    time.advanceTimeBy(FloodGate.INTERVAL);
    time.dispose();

    assertThat(lines())
        .hasSize(12)
        .anyMatch(l -> l.endsWith("gw: not connected 9995 more times within 10 s"));
  }

  @Test
  void theLevelDecidesWhichLinesThereAre() {
    Logging.start(LogFormat.TEXT);
    Logger log = LoggerFactory.getLogger("level");
    Logging.setLevels(LogLevels.WARNINGS);
    log.info("not this one");
    log.warn("this one");
    Logging.setLevels(LogLevels.parse("debug"));
    log.debug("and this one");
    log.trace("not this one either");

    assertThat(lines())
        .satisfiesExactly(
            l -> assertThat(l).endsWith("WARN  level - this one"),
            l -> assertThat(l).endsWith("DEBUG level - and this one"));
  }

  @Test
  void aLoggerMayHaveALevelOfItsOwn() {
    Logging.start(LogFormat.TEXT);
    Logging.setLevels(LogLevels.parse("error, level=DEBUG"));
    LoggerFactory.getLogger("level").debug("this one");
    LoggerFactory.getLogger("other").warn("not this one");
    Logging.setLevels(LogLevels.parse("info"));
    LoggerFactory.getLogger("level").debug("not any more");

    assertThat(lines()).singleElement().asString().endsWith("DEBUG level - this one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "loud", "info,", "info,=debug", "stream=loud", "info;debug"})
  void whatIsNoLevelIsRefused(String text) {
    assertThatThrownBy(() -> LogLevels.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theStreamIsLoggedAsItComesAndGoes() {
    Logging.start(LogFormat.TEXT);
    StreamLog streams = new StreamLog("gw", new Intervals());
    streams.status(StreamStatus.CONNECTING, null);
    streams.status(StreamStatus.CONNECTED, null);
    streams.status(StreamStatus.CONNECTING, "conflict; trying again in 3 s");

    assertThat(lines())
        .satisfiesExactly(
            l -> assertThat(l).endsWith("INFO  stream - gw: connected"),
            l ->
                assertThat(l)
                    .endsWith("WARN  stream - gw: not connected: conflict; trying again in 3 s"));
  }

  /** Ends the log, which writes what waits, and gives what was written. */
  private List<String> lines() {
    Logging.stop();
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
