package io.stanzahook.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a message leaves the spool: settled, or as a dead letter, or not at all. */
class DispatcherSpoolEndsTest extends SpoolFixture {
  @Test
  void itLeavesTheSpoolWhenItsReplyIsWritten_notBefore() {
    start();
    holdWrites = true;
    stream.next(message("a@b", "1"));
    answer("1", "x");
    assertThat(spool().figures().depth()).isEqualTo(1);
    unwritten.remove().success();
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void itLeavesTheSpoolWhenThereIsNoReply() {
    start();
    stream.next(message("a@b", "1"));
    answerNothing("1");
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void aReplyThatIsLostWithItsConnectionIsNotGivenAgain() {
    start();
    holdWrites = true;
    stream.next(message("a@b", "1"));
    answer("1", "x");
    unwritten.remove().error(new IllegalStateException("broken"));
    assertThat(spool().figures().depth()).isZero();
    assertThat(recorder.dropped).containsExactly("aged_out");
  }

  @Test
  void whatIsGivenUpIsADeadLetter_andItsSenderIsToldOnce() {
    start();
    stream.next(message("a@b", "1"));
    fail("1", Outcome.ANSWERED, 500, null);
    assertThat(sent).hasSize(1);
    assertError(sent.get(0), "wait", "remote-server-timeout");
    assertThat(spool().figures().depth()).isZero();
    assertThat(dead())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.record().webhookId()).isEqualTo(webhookIds.get(0));
              assertThat(letter.burial().cause()).isEqualTo("status_500");
              assertThat(letter.burial().status()).isEqualTo(500);
              assertThat(letter.burial().attempts()).isEqualTo(1);
              assertThat(letter.burial().condition()).isEqualTo("remote-server-timeout");
            });
  }

  @Test
  void anAnswerThatCannotBeDecodedIsADeadLetter_andIsNotAskedForAgain() {
    start();
    stream.next(message("a@b", "1"));
    fail("1", Outcome.UNDECODABLE, 0, null);
    after(Duration.ofHours(1));
    assertThat(webhookIds).hasSize(1);
    assertThat(sent).hasSize(1);
    assertThat(dead())
        .singleElement()
        .satisfies(letter -> assertThat(letter.burial().cause()).isEqualTo("undecodable"));
  }

  @Test
  void aDeadLetterIsDeliveredOnceMore_andGivesNoSecondError() {
    start();
    stream.next(message("a@b", "1"));
    fail("1", Outcome.ANSWERED, 500, null);
    String id = webhookIds.get(0);
    assertThat(spool().redeliver(id).block()).isNotNull();
    assertThat(webhookIds).containsExactly(id, id);
    fail("1", Outcome.ANSWERED, 500, null);
    assertThat(sent).hasSize(1);
    assertThat(dead()).hasSize(1);
    assertThat(spool().redeliver(id).block()).isNotNull();
    answer("1", "repaired");
    assertThat(sentBodies()).containsExactly("-", "repaired");
    assertThat(dead()).isEmpty();
  }

  @Test
  void aReplyThatCannotBeReadIsADeadLetterWithoutAnError() {
    start();
    stream.next(message("a@b", "1"));
    calls
        .get("1")
        .success(
            new WebhookResult.Answered(
                200,
                List.of(),
                List.of(new DroppedReply(DroppedReply.Reason.UNREADABLE, "not JSON"))));
    assertThat(sent).isEmpty();
    assertThat(dead())
        .singleElement()
        .satisfies(letter -> assertThat(letter.burial().cause()).isEqualTo("unreadable"));
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void anOutageOfHoursLosesNothing_andTellsNobody() {
    start(10, 20, Overload.BACKPRESSURE, Long.MAX_VALUE);
    for (int i = 0; i < 100; i++) {
      stream.next(message("u%d@b".formatted(i), String.valueOf(i)));
    }
    for (int minute = 0; minute < 600; minute++) {
      List.copyOf(calls.keySet()).forEach(id -> fail(id, Outcome.NOT_SENT, 0, null));
      after(Duration.ofMinutes(1));
    }
    assertThat(sent).isEmpty();
    assertThat(spool().figures().depth()).isEqualTo(100);
    for (int i = 0; i < 1000 && spool().figures().depth() > 0; i++) {
      List.copyOf(calls.keySet()).forEach(this::answerNothing);
      after(Duration.ofSeconds(1));
    }
    assertThat(spool().figures().depth()).isZero();
    assertThat(recorder.givenUp).isEmpty();
  }

  @Test
  void afterItsTimeItIsGivenUp_byWhenItCame_overRestartsToo() {
    start();
    stream.next(message("a@b", "1"));
    fail("1", Outcome.NOT_SENT, 0, null);
    after(Duration.ofHours(71));
    restart();
    // Longer than an hour, by the jitter of the last delays.
    for (int i = 0; i < 70 && dead().isEmpty(); i++) {
      List.copyOf(calls.keySet()).forEach(id -> fail(id, Outcome.NOT_SENT, 0, null));
      after(Duration.ofMinutes(1));
    }
    assertThat(dead()).hasSize(1);
    assertThat(sent).hasSize(1);
  }

  @Test
  void howeverOldItIsTriedForAWhile() {
    start();
    stream.next(message("a@b", "1"));
    after(Duration.ofHours(100));
    restart();
    assertThat(begun).containsExactly("1");
    fail("1", Outcome.NOT_SENT, 0, null);
    assertThat(dead()).isEmpty();
    after(Duration.ofSeconds(30));
    assertThat(begun).hasSize(2);
    answer("1", "x");
    assertThat(sentBodies()).containsExactly("x");
  }

  @Test
  void shutdownLeavesOnDiskWhatIsNotDone_andTellsNobody() {
    start(1, 10, Overload.BACKPRESSURE, Long.MAX_VALUE);
    stream.next(message("a@b", "1"), message("c@d", "2"), message("e@f", "3"));
    fail("1", Outcome.NOT_SENT, 0, null);
    List<String> ends = new ArrayList<>();
    requireNonNull(dispatcher)
        .drain(Duration.ofSeconds(5))
        .subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    stream.next(message("g@h", "4"));
    assertThat(ends).isEmpty();
    answer("2", "x");
    assertThat(ends).containsExactly("drained");
    assertThat(sent).hasSize(1);
    assertThat(spool().figures().depth()).isEqualTo(3);
    restart();
    assertThat(begun).containsExactly("1", "3", "4");
  }

  @Test
  void aCallThatFailsDuringShutdownIsMadeAgainAfterTheNextStart_andNobodyWaits() {
    start();
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> ends = new ArrayList<>();
    requireNonNull(dispatcher)
        .drain(Duration.ofSeconds(5))
        .subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    fail("1", Outcome.NOT_SENT, 0, null);
    fail("2", Outcome.ANSWERED, 503, null);
    assertThat(ends).containsExactly("drained");
    assertThat(sent).isEmpty();
    assertThat(dead()).isEmpty();
    restart();
    assertThat(begun).containsExactly("1", "2");
  }

  @Test
  void whoWaitsForTheDiskIsAnsweredAtTheEnd() {
    start();
    diskHolds = true;
    stream.next(message("a@b", "1"), iqPing("a@b", "2"));
    assertThat(sent).isEmpty();
    requireNonNull(dispatcher).drain(Duration.ofSeconds(5)).subscribe();
    after(Duration.ofSeconds(6));
    assertThat(sent).singleElement().satisfies(s -> assertThat(s.id()).isEqualTo("2"));
    assertError(sent.get(0), "wait", "resource-constraint");
    diskWrites();
    restart();
    assertThat(begun).containsExactly("1");
  }

  @Test
  void aCallCutShortByShutdownIsMadeAgainAfterTheNextStart() {
    start();
    stream.next(message("a@b", "1"));
    requireNonNull(dispatcher).drain(Duration.ofSeconds(5)).subscribe();
    after(Duration.ofSeconds(6));
    assertThat(calls).isEmpty();
    assertThat(sent).isEmpty();
    restart();
    assertThat(begun).containsExactly("1");
  }
}
