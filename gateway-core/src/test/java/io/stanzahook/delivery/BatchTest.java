package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;

/** Batches: who is in one, what becomes of each, and in which order. */
class BatchTest extends BatchFixture {
  private static final String ANN = "ann@localhost/x";
  private static final String BOB = "bob@localhost/x";
  private static final String CAT = "cat@localhost/x";

  private TestPublisher<Stanza> stream(int concurrency, int batch) {
    return start(dispatcher(batched(concurrency, batch)));
  }

  @Test
  void whatWaitsWhenAPlaceIsFreeGoesTogether() {
    TestPublisher<Stanza> stream = stream(1, 3);
    stream.next(message(ANN, "1"), message(BOB, "2"), message(CAT, "3"), message(ANN, "4"));
    assertThat(posts).containsExactly("1#1 at 0");

    answerEach(reply("1"));
    assertThat(posts).containsExactly("1#1 at 0", "2+3+4#1 at 0");
    answerEach(reply("2"), nothing(), reply("4"));

    assertThat(sentBodies()).containsExactly("1", "2", "4");
    assertThat(recorder.settled).containsExactlyInAnyOrder("1", "2", "3", "4");
    assertThat(batchIds).doesNotHaveDuplicates().allMatch(id -> id.startsWith("bat_"));
  }

  @Test
  void stanzasOfOneConversationGoInOneBatchInOrderAndTheNextOneWaits() {
    TestPublisher<Stanza> stream = stream(2, 3);
    stream.next(message(ANN, "0"), message(BOB, "9"));
    stream.next(message(ANN, "1"), message(ANN, "2"), message(ANN, "3"), message(ANN, "4"));
    assertThat(posts).containsExactly("0#1 at 0", "9#1 at 0");
    answerEach(nothing());
    assertThat(posts).hasSize(3).last().isEqualTo("1+2+3#1 at 0");
    call(0).sink().success(new WebhookResult.AnsweredEach(200, List.of(nothing()), null));
    assertThat(posts).as("4 waits, though there is a place").hasSize(3);
    answerEach(reply("1"), reply("2"), reply("3"));
    assertThat(posts).last().isEqualTo("4#1 at 0");
    assertThat(sentBodies()).containsExactly("1", "2", "3");
  }

  @Test
  void iqRequestsGoAlone() {
    TestPublisher<Stanza> stream = stream(1, 10);
    stream.next(message(ANN, "0"), message(BOB, "1"), iq(CAT, "2"), message(CAT, "3"));
    answerEach(nothing());
    answerEach(nothing());
    assertThat(posts).containsExactly("0#1 at 0", "1#1 at 0", "2#1 at 0");
    answerEach(nothing());
    assertThat(posts).last().isEqualTo("3#1 at 0");
  }

  @Test
  void aFailureThatMayPassFailsAllAndTheyAreTriedAgainAsOne() {
    TestPublisher<Stanza> stream = stream(1, 10);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(BOB, "2"), message(ANN, "3"));
    answerEach(nothing());
    failAll(Outcome.ANSWERED, 503);
    stream.next(message(CAT, "4"));
    assertThat(posts).last().as("its place is free meanwhile").isEqualTo("4#1 at 0");
    answerEach(nothing());

    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(posts).hasSize(4).last().asString().startsWith("2+1+3#2 at ");
    assertThat(batchIds.get(3)).isEqualTo(batchIds.get(1));
    assertThat(call(0).batch().attempt(0)).isEqualTo(2);
    answerEach(reply("2"), reply("1"), reply("3"));
    assertThat(sentBodies()).containsExactly("2", "1", "3");
    assertThat(recorder.retrying).hasSize(3);
  }

  @Test
  void askedTo_aBatchHasItsNextAttemptAtOnce() {
    Dispatcher dispatcher = dispatcher(batched(1, 10));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(BOB, "2"));
    answerEach(nothing());
    failAll(Outcome.NOT_SENT, 0);
    dispatcher.hasten();
    assertThat(posts).hasSize(3).last().isEqualTo("2+1#2 at 0");
    answerEach(reply("2"), reply("1"));
    time.advanceTimeBy(Duration.ofMinutes(2));
    assertThat(posts).hasSize(3);
    assertThat(sentBodies()).containsExactly("2", "1");
  }

  @Test
  void aFinalStatusHalvesTheBatchUntilTheCulpritStandsAlone() {
    TestPublisher<Stanza> stream = stream(1, 4);
    stream.next(
        message("z@localhost/x", "0"),
        message("a@localhost/x", "1"),
        message("b@localhost/x", "2"),
        message("c@localhost/x", "3"),
        message("d@localhost/x", "4"));
    answerEach(nothing());
    failAll(Outcome.ANSWERED, 413);
    stream.next(message("e@localhost/x", "5"));
    assertThat(posts).last().isEqualTo("1+2#1 at 0");
    answerEach(reply("1"), reply("2"));
    assertThat(posts).last().isEqualTo("3+4#1 at 0");
    failAll(Outcome.ANSWERED, 413);
    assertThat(posts).last().isEqualTo("3#1 at 0");
    failAll(Outcome.ANSWERED, 413);
    assertThat(posts).last().isEqualTo("4#1 at 0");
    answerEach(reply("4"));
    assertThat(posts).last().as("those that came meanwhile do not suffer").isEqualTo("5#1 at 0");
    answerEach(nothing());

    assertThat(recorder.givenUp).containsExactly("3 after 3");
    assertThat(sentBodies()).containsExactly("1", "2", "-", "4");
  }

  @Test
  void halvesOfOneConversationStayInOrder() {
    TestPublisher<Stanza> stream = stream(4, 4);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(ANN, "2"), message(ANN, "3"));
    answerEach(nothing());
    failAll(Outcome.ANSWERED, 400);
    assertThat(posts).last().isEqualTo("1+2#1 at 0");
    assertThat(open).hasSize(1);
    answerEach(reply("1"), reply("2"));
    assertThat(posts).last().isEqualTo("3#1 at 0");
    answerEach(reply("3"));
    assertThat(sentBodies()).containsExactly("1", "2", "3");
  }

  @Test
  void aStatusOfOneIsThatOfNoOther() {
    TestPublisher<Stanza> stream = stream(1, 4);
    stream.next(message(CAT, "0"), message(ANN, "1"), message(BOB, "2"), message(CAT, "3"));
    answerEach(nothing());
    answerEach(failure(Outcome.ANSWERED, 503, Duration.ofSeconds(5)), status(400), reply("3"));
    assertThat(sentBodies()).containsExactly("-", "3");
    time.advanceTimeBy(Duration.ofMillis(4999));
    assertThat(posts).hasSize(2);
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(posts).hasSize(3).last().asString().startsWith("1#1 at 5");
    assertThat(call(0).batch().attempt(0)).isEqualTo(2);
    answerEach(reply("1"));
    assertThat(sentBodies()).containsExactly("-", "3", "1");
  }

  @Test
  void anAnswerWaitsForTheOneBeforeItOfItsConversation() {
    TestPublisher<Stanza> stream = stream(1, 4);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(ANN, "2"), message(ANN, "3"));
    answerEach(nothing());
    answerEach(status(503), reply("2"), status(400));
    assertThat(sent).isEmpty();
    assertThat(recorder.settled).containsExactly("0");
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(posts).last().asString().startsWith("1#1");
    answerEach(reply("1"));
    assertThat(sentBodies()).containsExactly("1", "2", "-");
    assertThat(recorder.settled).containsExactly("0", "1", "2", "3");
  }

  @Test
  void thoseThatFailTogetherOfOneConversationAreTriedInOrder() {
    TestPublisher<Stanza> stream = stream(1, 4);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(ANN, "2"));
    answerEach(nothing());
    random = 0.5;
    answerEach(status(503), status(503));
    time.advanceTimeBy(Duration.ofSeconds(2));
    assertThat(posts.get(2)).startsWith("1+2#1");
    answerEach(reply("1"), reply("2"));
    assertThat(sentBodies()).containsExactly("1", "2");
  }

  @Test
  void timeOverForAllEndsTheBatch() {
    TestPublisher<Stanza> stream = stream(1, 4);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(BOB, "2"));
    answerEach(nothing());
    for (int i = 0; i < 200 && recorder.givenUp.size() < 2; i++) {
      if (!open.isEmpty()) {
        failAll(Outcome.NOT_SENT, 0);
      }
      time.advanceTimeBy(Duration.ofMillis(500));
    }
    assertThat(recorder.givenUp).hasSize(2);
    assertThat(sent).hasSize(2);
    assertThat(time.now(java.util.concurrent.TimeUnit.SECONDS)).isBetween(45L, 61L);
  }

  @Test
  void fourTenIsForAllAndNothingIsHalved() {
    TestPublisher<Stanza> stream = stream(1, 4);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(BOB, "2"));
    answerEach(nothing());
    failAll(Outcome.ANSWERED, 410);
    assertThat(posts).hasSize(2);
    assertThat(recorder.givenUp).hasSize(2);
  }

  @Test
  void aBatchHasNoMoreBytesThanItMay() {
    int one = message(ANN, "1").xml().length();
    TestPublisher<Stanza> stream =
        start(
            dispatcher(
                Settings.with(
                    batched(1, 10),
                    "flow",
                    new FlowSettings(Concurrency.of(1), 1000, Overload.BACKPRESSURE)
                        .withBatch(new BatchSettings(10, Duration.ZERO, 2 + 3 * one + 2)))));
    stream.next(message(ANN, "0"));
    for (int i = 1; i < 8; i++) {
      stream.next(message("u" + i + "@l/x", Integer.toString(i)));
    }
    answerEach(nothing());
    assertThat(call(0).batch().size()).isEqualTo(3);
    assertThat(sizeOf(call(0).batch())).isLessThanOrEqualTo(2 + 3 * one + 2);
  }

  @Test
  void aBatchWaitsForMoreForAsLongAsItMay() {
    TestPublisher<Stanza> stream =
        start(
            dispatcher(
                Settings.with(
                    batched(5, 3),
                    "flow",
                    new FlowSettings(Concurrency.of(5), 1000, Overload.BACKPRESSURE)
                        .withBatch(new BatchSettings(3, Duration.ofSeconds(1), 1 << 20)))));
    stream.next(message(ANN, "1"));
    time.advanceTimeBy(Duration.ofMillis(900));
    stream.next(message(ANN, "2"));
    assertThat(posts).isEmpty();
    time.advanceTimeBy(Duration.ofMillis(200));
    assertThat(posts).hasSize(1).last().asString().startsWith("1+2#1 at 1");
    stream.next(message(BOB, "3"), message(CAT, "4"), message(BOB, "5"));
    assertThat(posts).as("full: it need not wait").hasSize(2).last().asString().startsWith("3+4+5");
    stream.next(iq("iq@localhost/x", "6"));
    assertThat(posts).as("an iq never waits").hasSize(3);
    answerEach(nothing(), nothing());
    answerEach(nothing(), nothing(), nothing());
    answerEach(nothing());
  }

  private static DispatchSettings patient(int answersPerMinute, Duration wait) {
    return Settings.with(
        batched(5, 3),
        "flow",
        new FlowSettings(
            Concurrency.of(5),
            1000,
            Overload.BACKPRESSURE,
            answersPerMinute,
            new BatchSettings(3, wait, 1 << 20)));
  }

  @Test
  void anotherTimeToWaitAppliesAtOnce() {
    Dispatcher dispatcher = dispatcher(patient(0, Duration.ofSeconds(10)));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message(ANN, "1"));
    dispatcher.change(patient(0, Duration.ofSeconds(1)));
    assertThat(posts).containsExactly("1#1 at 0");
    stream.next(message(BOB, "2"));
    time.advanceTimeBy(Duration.ofMillis(900));
    assertThat(posts).hasSize(1);
    time.advanceTimeBy(Duration.ofMillis(200));
    assertThat(posts).hasSize(2);
    answerEach(nothing());
    answerEach(nothing());
  }

  @Test
  void anIqThatWaitedForItsConversationIsNotHeldUpByABatchThatWaits() {
    TestPublisher<Stanza> stream = start(dispatcher(patient(0, Duration.ofSeconds(10))));
    stream.next(message(ANN, "1"));
    time.advanceTimeBy(Duration.ofSeconds(11));
    stream.next(iq(ANN, "2"));
    stream.next(message(BOB, "3"));
    assertThat(posts).hasSize(1);
    answerEach(nothing());
    assertThat(posts).hasSize(3).last().isEqualTo("2#1 at 11000");
    answerEach(nothing());
    answerEach(nothing());
  }

  @Test
  void anIqBehindAHeldAnswerIsNotHeldUpByABatchThatWaits() {
    TestPublisher<Stanza> stream = start(dispatcher(patient(1, Duration.ofSeconds(10))));
    stream.next(message(ANN, "1"));
    time.advanceTimeBy(Duration.ofSeconds(11));
    answerEach(reply("1"));
    stream.next(message(ANN, "2"));
    time.advanceTimeBy(Duration.ofSeconds(11));
    stream.next(iq(ANN, "3"));
    answerEach(reply("2"));
    assertThat(recorder.held).hasSize(1);
    assertThat(posts).hasSize(3).last().isEqualTo("3#1 at 22000");
    answerEach(nothing());
  }

  @Test
  void atTheEndNoBatchWaitsForMore() {
    Dispatcher dispatcher = dispatcher(patient(0, Duration.ofSeconds(10)));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message(ANN, "1"), message(BOB, "2"));
    assertThat(posts).isEmpty();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe();
    assertThat(posts).containsExactly("1+2#1 at 0");
    answerEach(reply("1"), reply("2"));
    assertThat(sentBodies()).containsExactly("1", "2");
  }

  @Test
  void anIqWhoseTimeIsOverEndsItsBatch() {
    List<String> told = new ArrayList<>();
    also =
        new DeliveryListener() {
          @Override
          public void calling(Batch batch) {
            told.add("calling " + batch.size());
          }

          @Override
          public void called(Batch batch, WebhookResult result, long nanos) {
            told.add("called " + batch.size());
          }
        };
    TestPublisher<Stanza> stream = stream(1, 3);
    stream.next(iq(ANN, "1"));
    time.advanceTimeBy(Duration.ofMinutes(1));
    assertThat(told).containsExactly("calling 1", "called 1");
    assertThat(open).isEmpty();
    assertThat(recorder.givenUp).containsExactly("1 after 1");
  }

  private TestPublisher<Stanza> twoUrls(int most) {
    destination = stanza -> stanza.from().toString().charAt(0);
    return start(
        dispatcher(
            Settings.with(
                batched(5, most),
                "flow",
                new FlowSettings(Concurrency.of(5), 1000, Overload.BACKPRESSURE)
                    .withBatch(new BatchSettings(most, Duration.ofSeconds(1), 1 << 20)))));
  }

  @Test
  void whatGoesElsewhereDoesNotFillABatch() {
    TestPublisher<Stanza> stream = twoUrls(3);
    stream.next(message("a1@l/x", "1"), message("b1@l/x", "2"), message("b2@l/x", "3"));
    stream.next(message("a2@l/x", "4"));
    time.advanceTimeBy(Duration.ofMillis(900));
    assertThat(posts).as("neither is full").isEmpty();
    stream.next(message("a2@l/x", "5"));
    assertThat(posts)
        .as("full, with what waits for a conversation")
        .first()
        .isEqualTo("1+4+5#1 at 900");
    time.advanceTimeBy(Duration.ofMillis(200));
    assertThat(posts).hasSize(2).last().asString().startsWith("2+3#1 at 1");
    answerEach(nothing(), nothing(), nothing());
    answerEach(nothing(), nothing());
  }

  /** It is not searched again for each stanza that comes. */
  @Test
  void aLongLineDoesNotWait() {
    TestPublisher<Stanza> stream = twoUrls(3);
    stream.next(message("a@l/x", "1"));
    for (int i = 0; i < 300 && posts.isEmpty(); i++) {
      stream.next(message("b" + i + "@l/x", "b" + i));
    }
    assertThat(posts).first().isEqualTo("1#1 at 0");
  }

  @Test
  void aSettingOfOneTakesBatchesAway() {
    Dispatcher dispatcher = dispatcher(batched(1, 3));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message(ANN, "0"), message(BOB, "1"), message(CAT, "2"));
    dispatcher.change(settings(1, 1000, Overload.BACKPRESSURE));
    answerEach(nothing());
    assertThat(calls).containsOnlyKeys("1");
    dispatcher.change(batched(1, 3));
    stream.next(message(ANN, "3"));
    answerNothing("1");
    assertThat(posts).last().isEqualTo("2+3#1 at 0");
    answerEach(nothing(), nothing());
  }

  @Test
  void theEndCutsBatchesShort() {
    Dispatcher dispatcher = dispatcher(batched(1, 3));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message(ANN, "0"), message(BOB, "1"), message(CAT, "2"), message(ANN, "3"));
    answerEach(nothing());
    answerEach(status(503), reply("2"), status(503));
    stream.next(message(BOB, "4"), message(CAT, "5"));
    Mono<Void> drained = dispatcher.drain(Duration.ofSeconds(1)).cache();
    drained.subscribe();
    time.advanceTimeBy(Duration.ofMillis(100));
    time.advanceTimeBy(Duration.ofSeconds(5));
    drained.block(Duration.ZERO.plusSeconds(1));
    assertThat(open).isEmpty();
    assertThat(recorder.settled).contains("0", "1", "2", "3");
  }

  @Test
  void whatBelongsToNoStanzaIsTold() {
    TestPublisher<Stanza> stream = stream(1, 3);
    stream.next(message(ANN, "0"));
    call(0)
        .sink()
        .success(
            new WebhookResult.AnsweredEach(
                200,
                List.of(nothing()),
                new DroppedReply(DroppedReply.Reason.UNREADABLE, "too many")));
    assertThat(recorder.dropped).containsExactly("unreadable");
    assertThat(recorder.settled).containsExactly("0");
  }
}
