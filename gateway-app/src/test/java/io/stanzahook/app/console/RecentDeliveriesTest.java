package io.stanzahook.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.console.SeenDelivery.Outcome;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecentDeliveriesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final WebhookResult.Answered OK =
      new WebhookResult.Answered(204, List.of(), List.of());
  private static final WebhookResult.Failed REFUSED =
      new WebhookResult.Failed(
          WebhookResult.Outcome.ANSWERED,
          500,
          new StanzaError(ErrorType.CANCEL, ErrorCondition.INTERNAL_SERVER_ERROR, "failed"),
          "status 500",
          null,
          "<b>Traceback</b>");
  private static final WebhookResult.Failed HELD_BACK =
      new WebhookResult.Failed(
          WebhookResult.Outcome.HELD_BACK, 0, REFUSED.error(), "left alone", null);

  private final RecentDeliveries log = log(3, true);

  private static RecentDeliveries log(int most, boolean bodies) {
    return new RecentDeliveries(most, bodies, null, InstantSource.fixed(NOW));
  }

  private static Stanza hello(String body) {
    return new Message(
        new StanzaHeader(Jid.of("bot@gw"), Jid.of("ann@localhost"), "1", "chat", null),
        body,
        null,
        null,
        List.of(),
        StanzaXml.of("<message><body>" + body + "</body></message>"));
  }

  @Test
  void tellsOfEachAttemptAndOfTheEnd() {
    Stanza stanza = hello("hi");
    log.calling(stanza, "a", 1);
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.CALLING);
    log.called(stanza, "a", 1, REFUSED, 2_000);
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.RETRYING);
    assertThat(log.all().get(0).response()).isEqualTo("<b>Traceback</b>");
    log.called(stanza, "a", 2, HELD_BACK, 0);
    log.calling(stanza, "a", 2);
    log.called(stanza, "a", 2, OK, 3_000);
    log.dropped(stanza, "a", new DroppedReply(DroppedReply.Reason.SURPLUS, "too many"));
    log.settled(stanza, "a", 9_000);

    SeenDelivery seen = log.all().get(0);
    assertThat(seen.webhookId()).isEqualTo("a");
    assertThat(seen.stanzaId()).isEqualTo("1");
    assertThat(seen.from()).isEqualTo(Jid.of("ann@localhost"));
    assertThat(seen.beganAt()).isEqualTo(NOW.toEpochMilli());
    assertThat(seen.begun()).isEqualTo(2);
    assertThat(seen.attempts())
        .containsExactly(
            new SeenAttempt(1, "answered", 500, 2_000, "status 500", NOW.toEpochMilli()),
            new SeenAttempt(2, "ok", 204, 3_000, "", NOW.toEpochMilli()));
    assertThat(seen.dropped()).containsExactly("surplus: too many");
    assertThat(seen.outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(seen.nanos()).isEqualTo(9_000);
    assertThat(seen.stanza()).contains("<body>hi</body>");
  }

  @Test
  void whatIsGivenUpStaysSoOnceItIsSettled() {
    Stanza stanza = hello("hi");
    log.calling(stanza, "a", 1);
    log.called(stanza, "a", 1, REFUSED, 1);
    log.gaveUp(stanza, "a", 1, REFUSED);
    log.settled(stanza, "a", 5);
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.GIVEN_UP);
    log.buried(stanza, "a", "status_500");
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.BURIED);
  }

  @Test
  void theOldestIsForgotten() {
    for (String id : List.of("a", "b", "c", "d")) {
      log.calling(hello(id), id, 1);
    }
    log.settled(hello("a"), "a", 1);
    assertThat(log.all()).extracting(SeenDelivery::webhookId).containsExactly("d", "c", "b");
  }

  @Test
  void whatChangedSinceIsFound() {
    log.calling(hello("a"), "a", 1);
    log.calling(hello("b"), "b", 1);
    long seen = log.all().get(0).revision();
    assertThat(log.since(seen)).isEmpty();
    log.settled(hello("a"), "a", 1);
    assertThat(log.since(seen)).extracting(SeenDelivery::webhookId).containsExactly("a");
  }

  @Test
  void bodiesAreNotKeptUnlessAskedForAndNeverWhole() {
    RecentDeliveries without = log(3, false);
    String large = "x".repeat(2 * RecentDeliveries.MAX_BODY);
    for (RecentDeliveries either : List.of(log, without)) {
      either.calling(hello(large), "a", 1);
      either.called(hello(large), "a", 1, REFUSED, 1);
    }
    assertThat(log.all().get(0).stanza()).hasSize(RecentDeliveries.MAX_BODY);
    assertThat(without.all().get(0).stanza()).isEmpty();
    assertThat(without.all().get(0).response()).isEmpty();
  }

  @Test
  void attemptsAndDroppedRepliesAreBounded() {
    Stanza stanza = hello("hi");
    for (int attempt = 1; attempt <= RecentDeliveries.MAX_ATTEMPTS + 5; attempt++) {
      log.calling(stanza, "a", attempt);
      log.called(stanza, "a", attempt, REFUSED, 1);
      log.dropped(stanza, "a", new DroppedReply(DroppedReply.Reason.SURPLUS, "x".repeat(9_000)));
    }
    SeenDelivery seen = log.all().get(0);
    assertThat(seen.attempts()).hasSize(RecentDeliveries.MAX_ATTEMPTS);
    assertThat(seen.attempts().get(0).number()).isEqualTo(6);
    assertThat(seen.dropped()).hasSize(RecentDeliveries.MAX_DROPPED);
    assertThat(seen.dropped().get(0)).hasSizeLessThan(600);
  }

  @Test
  void keepsWhatWentOverTheWireShortened() {
    Stanza stanza = hello("hi");
    log.requested("a", 1, message("too early", ""));
    log.calling(stanza, "a", 1);
    log.requested("a", 1, message("POST http://h/", "x".repeat(RecentDeliveries.MAX_BODY + 1)));
    SeenExchange open = log.find("a").exchanges().get(0);
    assertThat(open.response()).isNull();
    assertThat(open.request().body()).hasSize(RecentDeliveries.MAX_BODY);
    assertThat(open.request().cut()).isTrue();
    assertThat(open.request().headers()).hasSize(RecentDeliveries.MAX_HEADERS);
    long before = log.revision();

    log.responded("a", 1, message("200 OK", "{}"));
    log.unanswered("a", 1, "the connection was closed afterwards");
    SeenExchange ended = log.find("a").exchanges().get(0);
    assertThat(ended.response().line()).isEqualTo("200 OK");
    assertThat(ended.problem()).isEmpty();
    assertThat(log.revision()).isGreaterThan(before);

    log.requested("a", 2, message("POST http://h/", ""));
    log.unanswered("a", 2, "refused");
    assertThat(log.find("a").exchanges().get(1).problem()).isEqualTo("refused");
    for (int attempt = 3; attempt < 20; attempt++) {
      log.requested("a", attempt, message("POST http://h/", ""));
    }
    assertThat(log.find("a").exchanges())
        .hasSize(RecentDeliveries.MAX_EXCHANGES)
        .last()
        .extracting(SeenExchange::attempt)
        .isEqualTo(19);
    assertThat(log.find("b")).isNull();
  }

  private static SeenMessage message(String line, String body) {
    return new SeenMessage(line, Collections.nCopies(60, Map.entry("a", "b")), body, false);
  }

  @Test
  void saysWhatItWaitsForAndUntilWhen() {
    Stanza stanza = hello("hi");
    log.waiting(stanza, "a");
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.WAITING);
    log.calling(stanza, "a", 1);
    log.called(stanza, "a", 1, REFUSED, 1);
    log.retrying(stanza, "a", 1, REFUSED, TimeUnit.SECONDS.toNanos(3));
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.RETRYING);
    assertThat(log.all().get(0).nextAt()).isEqualTo(NOW.toEpochMilli() + 3_000);
    log.calling(stanza, "a", 2);
    assertThat(log.all().get(0).nextAt()).isZero();
    log.called(stanza, "a", 2, HELD_BACK, 0);
    log.retrying(stanza, "a", 2, HELD_BACK, TimeUnit.SECONDS.toNanos(1));
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.HELD_BACK);
    assertThat(log.all().get(0).begun()).isEqualTo(1);
    assertThat(log.all().get(0).attempts()).hasSize(1);
    log.calling(stanza, "a", 2);
    log.called(stanza, "a", 2, OK, 1);
    log.answerHeld(stanza, "a", TimeUnit.SECONDS.toNanos(5), true);
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.ANSWER_HELD);
    assertThat(log.all().get(0).nextAt()).isEqualTo(NOW.toEpochMilli() + 5_000);
    log.settled(stanza, "a", 9);
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(log.all().get(0).nextAt()).isZero();
  }

  @Test
  void aResponseThatIsNoReplyIsUnreadableAndStaysSo() {
    Stanza stanza = hello("hi");
    log.calling(stanza, "a", 1);
    log.called(stanza, "a", 1, OK, 1);
    log.dropped(stanza, "a", new DroppedReply(DroppedReply.Reason.UNREADABLE, "HTML", "<html>"));
    log.settled(stanza, "a", 2);
    assertThat(log.all().get(0).outcome()).isEqualTo(Outcome.UNREADABLE);
  }

  @Test
  void whatWaitsHidesNoFailures() {
    RecentDeliveries four = log(4, false);
    for (String id : List.of("a", "b", "c")) {
      four.waiting(hello(id), id);
    }
    assertThat(four.all()).extracting(SeenDelivery::webhookId).containsExactly("b", "a");
    four.calling(hello("a"), "a", 1);
    four.waiting(hello("d"), "d");
    assertThat(four.all()).extracting(SeenDelivery::webhookId).containsExactly("d", "b", "a");
    four.waitingRefused(hello("b"), "b", RefusalReason.QUEUE_TIMEOUT);
    assertThat(four.find("b").outcome()).isEqualTo(Outcome.GIVEN_UP);
    assertThat(four.find("b").problem()).isEqualTo("refused without a call: queue_timeout");
    four.calling(hello("e"), "e", 1);
    four.calling(hello("f"), "f", 1);
    four.calling(hello("g"), "g", 1);
    // The one that was forgotten while it waited counts no more.
    four.calling(hello("h"), "h", 1);
    four.waiting(hello("i"), "i");
    four.waiting(hello("j"), "j");
    assertThat(four.all()).extracting(SeenDelivery::webhookId).startsWith("j", "i");
  }

  @Test
  void aStanzaIsKeptWholeToBeDeliveredAgainUnlessItIsTooLarge() {
    Stanza stanza = hello("hi");
    Stanza large = hello("x".repeat(RecentDeliveries.MAX_WHOLE));
    log.calling(stanza, "a", 1);
    log.calling(large, "b", 1);
    assertThat(log.stanza("a")).isSameAs(stanza);
    assertThat(log.stanza("b")).isNull();
    RecentDeliveries without = log(3, false);
    without.calling(stanza, "a", 1);
    assertThat(without.stanza("a")).isNull();
  }
}
