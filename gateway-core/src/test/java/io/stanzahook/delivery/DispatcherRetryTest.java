package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.test.publisher.TestPublisher;

/** Failed calls that are made again: when, how often, and who has to wait meanwhile. */
class DispatcherRetryTest extends DispatcherFixture {
  private static final RetrySettings FOR_TEN_SECONDS =
      Settings.with(RetrySettings.DEFAULT, "retry-for", Duration.ofSeconds(10));

  private final List<TestPublisher<WebhookResult>> lateAnswers = new ArrayList<>();
  private Dispatcher dispatcher;
  private TestPublisher<Stanza> stream;

  private void start(int concurrency, int queue, Overload overload) {
    dispatcher =
        dispatcher(Settings.with(settings(concurrency, queue, overload), "retry", FOR_TEN_SECONDS));
    stream = start(dispatcher);
  }

  private void start() {
    start(10, 100, Overload.BACKPRESSURE);
  }

  private void busy(String id) {
    fail(id, Outcome.ANSWERED, 503, null);
  }

  private void after(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  /** Fails each call as it comes, for so long. */
  private void failAllFor(Duration outage) {
    for (long until = time.now(TimeUnit.MILLISECONDS) + outage.toMillis();
        time.now(TimeUnit.MILLISECONDS) < until; ) {
      List.copyOf(calls.keySet()).forEach(this::busy);
      after(10);
    }
  }

  @Test
  void attemptsAreNumbered_underOneId_withDelaysThatGrow() {
    start();
    stream.next(message("a@b", "1"));
    busy("1");
    after(200);
    fail("1", Outcome.UNKNOWN, 0, null);
    after(400);
    fail("1", Outcome.NOT_SENT, 0, null);
    after(800);
    answer("1", "at last");

    assertThat(attempts).containsExactly("1#1 at 0", "1#2 at 199", "1#3 at 599", "1#4 at 1399");
    assertThat(new HashSet<>(webhookIds)).hasSize(1);
    assertThat(sentBodies()).containsExactly("at last");
    assertThat(recorder.settled).containsExactly("1");
    assertThat(recorder.retrying).containsExactly("1#1 in 199", "1#2 in 399", "1#3 in 799");
    assertThat(recorder.givenUp).isEmpty();
  }

  /** What {@code --timeout} is unless set otherwise. */
  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

  @Test
  void aWebhookThatHangsOnceIsAskedAgain_withTheUsualTimes() {
    stream =
        start(
            dispatcher(
                Settings.with(
                    settings(10, 100, Overload.BACKPRESSURE), "retry", RetrySettings.DEFAULT)));
    stream.next(message("a@b", "1"));
    after(USUAL_TIMEOUT.toMillis());
    fail("1", Outcome.UNKNOWN, 0, null);
    assertThat(sent).isEmpty();
    after(200);
    answer("1", "awake");

    assertThat(begun).containsExactly("1", "1");
    assertThat(sentBodies()).containsExactly("awake");
    assertThat(recorder.givenUp).isEmpty();
  }

  @Test
  void aWebhookThatHangsForGoodIsGivenUpAfterTwoAttempts_withTheUsualTimes() {
    stream =
        start(
            dispatcher(
                Settings.with(
                    settings(10, 100, Overload.BACKPRESSURE), "retry", RetrySettings.DEFAULT)));
    stream.next(message("a@b", "1"));
    after(USUAL_TIMEOUT.toMillis());
    fail("1", Outcome.UNKNOWN, 0, null);
    after(200);
    after(USUAL_TIMEOUT.toMillis());
    fail("1", Outcome.UNKNOWN, 0, null);

    assertThat(begun).containsExactly("1", "1");
    assertThat(recorder.givenUp).containsExactly("1 after 2");
  }

  @Test
  void whatIsNotWorthItFailsAtOnce() {
    start();
    stream.next(message("a@b", "1"));
    fail("1", Outcome.ANSWERED, 500, Duration.ofSeconds(1));
    assertThat(sent).hasSize(1);
    assertThat(recorder.givenUp).containsExactly("1 after 1");
  }

  @Test
  void theConversationWaits_othersDoNot() {
    start();
    stream.next(message("a@b", "a1"), message("a@b", "a2"), message("c@d", "c1"));
    busy("a1");
    assertThat(begun).containsExactly("a1", "c1");
    answer("c1", "c1");
    after(200);
    assertThat(begun).containsExactly("a1", "c1", "a1");
    answer("a1", "a1");
    answer("a2", "a2");
    assertThat(sentBodies()).containsExactly("c1", "a1", "a2");
  }

  @Test
  void whoWaitsForARetryHoldsNoPlace() {
    start(1, 100, Overload.BACKPRESSURE);
    stream.next(message("a@b", "a1"), message("c@d", "c1"));
    busy("a1");
    assertThat(begun).containsExactly("a1", "c1");
    assertThat(dispatcher.inFlight()).isEqualTo(1);
    assertThat(dispatcher.queued()).isEqualTo(1);
    after(5000);
    assertThat(dispatcher.oldestQueuedNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
    assertThat(begun).hasSize(2);
    stream.next(message("e@f", "e1"));
    answer("c1", "c1");
    // What is due goes before what came later.
    assertThat(begun).containsExactly("a1", "c1", "a1");
    assertThat(dispatcher.queued()).isEqualTo(1);
  }

  @Test
  void noAttemptBeginsAfterTheBudget_andTheErrorLeavesOnce() {
    start();
    stream.next(message("a@b", "1"), message("a@b", "2"));
    for (int i = 0; i < 3000 && sent.isEmpty(); i++) {
      if (calls.containsKey("1")) {
        busy("1");
      }
      after(10);
    }
    assertThat(sent).singleElement().satisfies(s -> assertThat(s.id()).isEqualTo("1"));
    assertError(sent.get(0), "wait", "remote-server-timeout");
    // With the longest delays there are, the last eighth of the time may stay unused, no more.
    assertThat(time.now(TimeUnit.MILLISECONDS)).isBetween(8700L, 10_000L);
    assertThat(recorder.settled).containsExactly("1");
    assertThat(begun.get(begun.size() - 1)).isEqualTo("2");
    assertThat(recorder.givenUp).containsExactly("1 after " + (begun.size() - 1));
  }

  @Test
  void anAttemptThatBeganInTimeMayEndLater() {
    start();
    stream.next(message("a@b", "1"));
    after(30_000);
    busy("1");
    assertThat(recorder.givenUp).containsExactly("1 after 1");
  }

  @Test
  void retryAfterIsTheLeast_andGivenUpWhereItIsTooMuch() {
    random = 0;
    start();
    stream.next(message("a@b", "1"), message("c@d", "2"));
    fail("1", Outcome.ANSWERED, 429, Duration.ofSeconds(9));
    fail("2", Outcome.ANSWERED, 429, Duration.ofSeconds(11));
    assertThat(sent).singleElement().satisfies(s -> assertThat(s.id()).isEqualTo("2"));
    after(8999);
    assertThat(begun).hasSize(2);
    after(1);
    assertThat(attempts).endsWith("1#2 at 9000");
    fail("1", Outcome.ANSWERED, 429, Duration.ofSeconds(2));
    assertThat(recorder.givenUp).containsExactly("2 after 1", "1 after 2");
  }

  @Test
  void anIqIsAnsweredWithinItsTime() {
    dispatcher =
        dispatcher(
            Settings.with(
                settings(10, 100, Overload.BACKPRESSURE),
                "retry",
                Settings.with(RetrySettings.DEFAULT, "retry-for", Duration.ofHours(1))));
    stream = start(dispatcher);
    stream.next(iq("a@b", "1"), iq("c@d", "2"));
    fail("2", Outcome.NOT_SENT, 0, Duration.ofSeconds(26));
    assertThat(sent).singleElement().satisfies(s -> assertThat(s.id()).isEqualTo("2"));
    assertError(sent.get(0), "wait", "remote-server-timeout");
    fail("1", Outcome.NOT_SENT, 0, Duration.ofSeconds(24));
    after(24_500);
    assertThat(attempts).anySatisfy(a -> assertThat(a).startsWith("1#2"));
    after(600);
    assertThat(calls).isEmpty();
    assertThat(sent).hasSize(2);
    assertError(sent.get(1), "wait", "remote-server-timeout");
  }

  @Test
  void whatIsDueAndFindsNoPlaceIsAnsweredWhenItsTimeIsOver() {
    start(1, 100, Overload.BACKPRESSURE);
    stream.next(message("a@b", "1"));
    busy("1");
    stream.next(message("c@d", "blocks"));
    after(9900);
    assertThat(sent).isEmpty();
    after(400);
    assertThat(recorder.givenUp).containsExactly("1 after 1");
    assertThat(begun).containsExactly("1", "blocks");
  }

  @Test
  void theQueueTimeoutCutsNoRetry() {
    DispatchSettings usual = settings(10, 100, Overload.BACKPRESSURE);
    dispatcher =
        dispatcher(
            Settings.with(
                usual, Map.of("queue-timeout", Duration.ofSeconds(1), "retry", FOR_TEN_SECONDS)));
    stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("a@b", "2"));
    fail("1", Outcome.ANSWERED, 503, Duration.ofSeconds(5));
    after(4900);
    assertThat(recorder.refused).containsExactly(DeliveryListener.RefusalReason.QUEUE_TIMEOUT);
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("2");
    after(2000);
    answer("1", "ok");
    assertThat(recorder.settled).containsExactly("1");
  }

  @Test
  void retriesTakeRoomOfTheQueue() {
    start(4, 4, Overload.REJECT);
    for (int i = 1; i <= 4; i++) {
      stream.next(message("u" + i + "@b", "" + i));
      busy("" + i);
    }
    assertThat(dispatcher.queued()).isEqualTo(4);
    stream.next(message("x@b", "x"));
    assertThat(recorder.refused).containsExactly(DeliveryListener.RefusalReason.QUEUE_FULL);
  }

  @Test
  void backpressureHoldsWhileRetriesWait() {
    start(2, 4, Overload.BACKPRESSURE);
    for (int i = 1; i <= 4; i++) {
      stream.next(message("u" + i + "@b", "" + i));
      busy("" + i);
    }
    // One was promised a place before the last ones came back to wait.
    stream.assertMaxRequested(1);
    after(200);
    answerNothing("1");
    answerNothing("2");
    stream.assertMinRequested(1);
  }

  @Test
  void drainLetsRetriesEnd_andAnswersThoseThatCannot() {
    start();
    stream.next(message("a@b", "1"), message("c@d", "2"));
    busy("1");
    fail("2", Outcome.ANSWERED, 503, Duration.ofSeconds(8));
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    after(200);
    answer("1", "ok");
    assertThat(ends).isEmpty();
    after(4800);
    assertThat(ends).containsExactly("drained");
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).id()).isEqualTo("2");
    assertError(sent.get(1), "wait", "remote-server-timeout");
    after(20_000);
    assertThat(begun).hasSize(3);
  }

  private static DispatchSettings retrying(Duration time) {
    return Settings.with(
        settings(10, 10, Overload.BACKPRESSURE),
        "retry",
        Settings.with(RetrySettings.DEFAULT, "retry-for", time));
  }

  @Test
  void aChangeHoldsForWhatFailsFromThenOn() {
    start();
    stream.next(message("a@b", "1"), message("c@d", "2"));
    busy("1");
    dispatcher.change(retrying(Duration.ZERO));
    busy("2");
    assertThat(recorder.givenUp).containsExactly("2 after 1");
    after(200);
    busy("1");
    assertThat(recorder.givenUp).containsExactly("2 after 1", "1 after 2");
    dispatcher.change(retrying(Duration.ofMinutes(10)));
    stream.next(message("e@f", "3"));
    fail("3", Outcome.ANSWERED, 503, Duration.ofMinutes(5));
    assertThat(recorder.givenUp).hasSize(2);
    assertThat(dispatcher.queued()).isEqualTo(1);
  }

  @Test
  void aLateAnswerOfAnAttemptGivenUpIsNotUsed() {
    List<MonoSink<WebhookResult>> every = new ArrayList<>();
    // A webhook whose results end once more, as a Mono's do: next, then complete.
    dispatcher =
        new Dispatcher(
            "gw.localhost",
            Settings.with(settings(1, 10, Overload.BACKPRESSURE), "retry", FOR_TEN_SECONDS),
            stanza -> null,
            (stanza, id, attempt) ->
                attempt == 1
                    ? Mono.from(
                        subscriber -> {
                          TestPublisher<WebhookResult> late =
                              TestPublisher.createNoncompliant(
                                  TestPublisher.Violation.CLEANUP_ON_TERMINATE);
                          late.subscribe(subscriber);
                          lateAnswers.add(late);
                        })
                    : Mono.create(every::add),
            stanzas -> {
              sent.addAll(stanzas);
              return Mono.empty();
            },
            recorder,
            clock(),
            MemoryJournal::new);
    stream = start(dispatcher);
    random = 0;
    stream.next(message("a@b", "1"));
    TestPublisher<WebhookResult> first = lateAnswers.get(0);
    first.next(
        new WebhookResult.Failed(
            Outcome.UNKNOWN, 0, ErrorCondition.REMOTE_SERVER_TIMEOUT.error("x"), "x", null));
    first.complete();
    after(1);
    assertThat(every).hasSize(1);
    first.next(new Answered(200, List.of(OutboundStanza.of(reply())), List.of()));
    first.complete();
    assertThat(sent).isEmpty();
    assertThat(recorder.settled).isEmpty();
    every.get(0).success(new Answered(204, List.of(), List.of()));
    assertThat(sent).isEmpty();
    assertThat(recorder.settled).containsExactly("1");
  }

  private static XmlElement reply() {
    return OutboundStanza.answer(message("a@b", "1"), "chat").build();
  }

  @Test
  void whatABreakerHoldsBackIsNoAttempt() {
    start();
    stream.next(message("a@b", "1"));
    fail("1", Outcome.HELD_BACK, 0, Duration.ofMillis(500));
    after(700);
    fail("1", Outcome.HELD_BACK, 0, Duration.ofMillis(500));
    after(700);
    busy("1");
    after(200);
    answer("1", "ok");
    assertThat(attempts)
        .extracting(a -> a.substring(0, a.indexOf(" ")))
        .containsExactly("1#1", "1#1", "1#1", "1#2");
    assertThat(sentBodies()).containsExactly("ok");
  }

  @Test
  void anOutageShorterThanTheBudgetCostsNobodyAnError() {
    for (double chance : new double[] {0, 0.3, 0.7, 0.999}) {
      random = chance;
      start(4, 100, Overload.BACKPRESSURE);
      for (int i = 0; i < 20; i++) {
        stream.next(message("u" + i + "@b", chance + "/" + i));
      }
      failAllFor(Duration.ofSeconds(8));
      for (int i = 0; i < 300; i++) {
        List.copyOf(calls.keySet()).forEach(this::answerNothing);
        after(10);
      }
      assertThat(dispatcher.queued()).isZero();
    }
    assertThat(sent).isEmpty();
    assertThat(recorder.settled).hasSize(80);
  }

  @Test
  void oneTimerServesAll() {
    start(1000, 10_000, Overload.BACKPRESSURE);
    for (int i = 0; i < 500; i++) {
      stream.next(message("u" + i + "@b", "" + i));
      fail("" + i, Outcome.ANSWERED, 503, Duration.ofMillis(1000 + i));
    }
    // The sweep and the queue's own.
    assertThat(time.getScheduledTaskCount()).isLessThan(5);
    after(1700);
    assertThat(begun).hasSize(1000);
  }

  @Test
  void askedTo_aFewHaveTheirNextAttemptAtOnce_andLaterOnesInTheirTime() {
    start(10, 100, Overload.BACKPRESSURE);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    busy("1");
    after(200);
    busy("1");
    busy("2");
    after(1);

    dispatcher.hasten();
    after(1);
    assertThat(attempts)
        .containsExactly("1#1 at 0", "2#1 at 0", "1#2 at 199", "1#3 at 201", "2#2 at 201");
    answer("1", "one");
    answer("2", "two");
    after(10_000);
    assertThat(attempts).hasSize(5);
    assertThat(recorder.settled).containsExactly("1", "2");
  }

  @Test
  void whatIsDeliveredAgainHasAnIdOfItsOwn_andIsAnswered() {
    start();
    Stanza stanza = message("a@b", "1");
    stream.next(stanza);
    answer("1", "first");
    List<String> ids = new ArrayList<>();
    dispatcher.deliverAgain(stanza).subscribe(ids::add);
    answer("1", "second");

    assertThat(ids).containsExactly(webhookIds.get(1)).allMatch(id -> id.startsWith("again_msg_"));
    assertThat(webhookIds.get(0)).startsWith("msg_");
    assertThat(sentBodies()).containsExactly("first", "second");
  }

  @Test
  void withoutRoomNothingIsDeliveredAgain() {
    start(1, 1, Overload.REJECT);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> refused = new ArrayList<>();
    dispatcher
        .deliverAgain(message("e@f", "3"))
        .subscribe(id -> {}, error -> refused.add(error.getMessage()));
    dispatcher.drain(Duration.ZERO).subscribe();
    dispatcher
        .deliverAgain(message("e@f", "4"))
        .subscribe(id -> {}, error -> refused.add(error.getMessage()));
    assertThat(refused).containsExactly("the queue is full", "the gateway is stopping");
  }

  @Test
  void whatCannotBeCalledAtOnceIsSaidToWait_untilItsTimeIsOver() {
    start(1, 100, Overload.BACKPRESSURE);
    stream.next(message("a@b", "1"), message("a@b", "2"), message("c@d", "3"));
    assertThat(recorder.waiting).containsExactly("2", "3");
    after(60_001);
    assertThat(recorder.waiting)
        .containsExactly("2", "3", "2 ended by queue_timeout", "3 ended by queue_timeout");
  }
}
