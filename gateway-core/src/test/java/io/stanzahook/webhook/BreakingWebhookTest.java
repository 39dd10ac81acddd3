package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.StatusErrors;
import io.stanzahook.exchange.TestStanzas;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** When an endpoint is left alone, and when it is called again, in time that the test makes. */
class BreakingWebhookTest {
  private static final WebhookResult OK = new Answered(200, List.of(), List.of());

  private final Stanza hello = TestStanzas.chat("hello");
  private long now = 5;
  private final List<MonoSink<WebhookResult>> calls = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private @Nullable WebhookResult answer = OK;
  private BreakingWebhook breaking = breaking("http://bot/hook", false);

  private BreakingWebhook breaking(String url, boolean hasPeers) {
    return new BreakingWebhook(
        (stanza, id, attempt) ->
            Mono.create(
                sink -> {
                  calls.add(sink);
                  if (answer != null) {
                    sink.success(answer);
                  }
                }),
        UrlTemplate.parse(url),
        UrlTemplate.parse(url).toString(),
        hasPeers,
        event ->
            told.add(
                event instanceof EndpointEvent.BreakerChanged changed
                    ? changed.endpoint() + " " + changed.before() + " " + changed.after()
                    : event.endpoint() + " gone"),
        () -> now);
  }

  private static Failed failed(Outcome outcome, int status) {
    return new Failed(outcome, status, StatusErrors.UNREACHABLE, "x", null);
  }

  private void after(Duration time) {
    now += time.toNanos();
  }

  private @Nullable WebhookResult call() {
    List<WebhookResult> results = new ArrayList<>();
    breaking.post(hello, "w", 1).subscribe(results::add);
    return results.isEmpty() ? null : results.get(0);
  }

  private void call(int times) {
    for (int i = 0; i < times; i++) {
      call();
    }
  }

  private static void assertOutage(
      @Nullable EndpointOutage outage, Duration lasting, @Nullable Duration nextTry) {
    assertThat(outage).isEqualTo(new EndpointOutage(lasting, "x", nextTry));
  }

  @Test
  void anOutageLastsFromTheFirstOpeningUntilTheEndpointIsBack() {
    assertThat(breaking.outage()).isNull();
    open();
    assertOutage(breaking.outage(), Duration.ZERO, Breaker.FIRST_WAIT);
    after(Breaker.FIRST_WAIT);
    call(Breaker.PROBES);
    after(Duration.ofMillis(100));
    assertOutage(
        breaking.outage(),
        Breaker.FIRST_WAIT.plusMillis(100),
        Breaker.FIRST_WAIT.multipliedBy(2).minusMillis(100));
    answer = OK;
    after(Breaker.MAX_WAIT);
    call();
    assertThat(breaking.state()).isEqualTo(BreakerState.HALF_OPEN);
    assertThat(breaking.outage()).isNull();
  }

  @Test
  void triedNowItIsCalledBeforeItsTime() {
    open();
    answer = OK;
    assertHeldBack(call(), Breaker.FIRST_WAIT);
    breaking.tryNow();
    call(Breaker.PROBES);
    assertThat(calls).hasSize(Breaker.PROBES);
    assertThat(breaking.outage()).isNull();
  }

  @Test
  void triedNowOneThatIsGoneIsCalledAgain() {
    answer = failed(Outcome.ANSWERED, 410);
    call();
    after(Duration.ofMinutes(1));
    assertOutage(breaking.outage(), Duration.ofMinutes(1), null);
    answer = OK;
    breaking.tryNow();
    assertThat(call()).isEqualTo(OK);
    assertThat(breaking.outage()).isNull();
  }

  private void open() {
    answer = failed(Outcome.NOT_SENT, 0);
    call(Breaker.MIN_CALLS);
    assertThat(breaking.state()).isEqualTo(BreakerState.OPEN);
    calls.clear();
  }

  private static void assertHeldBack(@Nullable WebhookResult result, Duration most) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.outcome()).isEqualTo(Outcome.HELD_BACK);
              assertThat(failed.retryAfter()).isPositive().isLessThanOrEqualTo(most);
              assertThat(failed.error()).isEqualTo(StatusErrors.UNREACHABLE);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_SENT,0",
    "UNKNOWN,0",
    "UNKNOWN,200",
    "ANSWERED,502",
    "ANSWERED,503",
    "ANSWERED,520",
    "ANSWERED,521",
    "ANSWERED,522",
    "ANSWERED,523",
    "ANSWERED,524",
    "ANSWERED,530",
    "ANSWERED,504"
  })
  void opensWhereCallsFail_andMakesNoneThen(Outcome outcome, int status) {
    answer = failed(outcome, status);
    call(Breaker.MIN_CALLS - 1);
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
    call();
    assertThat(breaking.state()).isEqualTo(BreakerState.OPEN);
    assertHeldBack(call(), Breaker.FIRST_WAIT.plusMillis(1));
    assertThat(calls).hasSize(Breaker.MIN_CALLS);
    assertThat(told).containsExactly("http://bot CLOSED OPEN");
  }

  @Test
  void anAnswerThatCannotBeDecodedIsNoOutage() {
    answer = failed(Outcome.UNDECODABLE, 0);
    call(10 * Breaker.MIN_CALLS);
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 404, 408, 425, 429, 500, 501})
  void anAnswerIsNoOutage(int status) {
    answer = failed(Outcome.ANSWERED, status);
    call(10 * Breaker.MIN_CALLS);
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(told).isEmpty();
  }

  @Test
  void fewFailuresAmongManyCallsDoNotOpenIt() {
    for (int i = 0; i < 100; i++) {
      answer = i % 5 < 2 ? failed(Outcome.UNKNOWN, 0) : OK;
      call();
    }
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void onlyTheLastCallsCount() {
    answer = OK;
    call(20 * Breaker.WINDOW);
    answer = failed(Outcome.NOT_SENT, 0);
    call(Breaker.WINDOW / 2 - 1);
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
    call();
    assertThat(breaking.state()).isEqualTo(BreakerState.OPEN);
  }

  @Test
  void closesOnceAFewCallsSucceed() {
    open();
    after(Breaker.FIRST_WAIT.plusMillis(1));
    answer = null;
    call(10);
    assertThat(calls).hasSize(Breaker.PROBES);
    assertThat(breaking.state()).isEqualTo(BreakerState.HALF_OPEN);
    assertHeldBack(call(), BreakingWebhook.WHILE_PROBING);
    calls.forEach(probe -> probe.success(OK));
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
    answer = OK;
    assertThat(call()).isEqualTo(OK);
    assertThat(told)
        .containsExactly(
            "http://bot CLOSED OPEN", "http://bot OPEN HALF_OPEN", "http://bot HALF_OPEN CLOSED");
  }

  @Test
  void opensLongerEachTime_upToItsBound() {
    open();
    Duration wait = Breaker.FIRST_WAIT;
    for (int i = 0; i < 6; i++) {
      after(wait.minusMillis(2));
      call();
      assertThat(calls).isEmpty();
      after(Duration.ofMillis(3));
      call(Breaker.PROBES);
      assertThat(calls).hasSize(Breaker.PROBES);
      assertThat(breaking.state()).isEqualTo(BreakerState.OPEN);
      calls.clear();
      wait = wait.multipliedBy(2);
      wait = wait.compareTo(Breaker.MAX_WAIT) > 0 ? Breaker.MAX_WAIT : wait;
      assertHeldBack(call(), wait.plusMillis(1));
    }
  }

  @Test
  void aSlowEndpointIsProbedAgain_andItsAnswersCount() {
    open();
    after(Breaker.FIRST_WAIT.plusMillis(1));
    answer = null;
    call(10);
    after(Breaker.PROBES_AGAIN);
    call(10);
    assertThat(calls).hasSize(2 * Breaker.PROBES);
    calls.subList(0, Breaker.PROBES).forEach(probe -> probe.success(OK));
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(told).hasSize(3);
  }

  @Test
  void aProbeThatIsCancelledGivesItsPlaceFree() {
    open();
    after(Breaker.FIRST_WAIT.plusMillis(1));
    answer = null;
    for (int i = 0; i < 5; i++) {
      Disposable probe = breaking.post(hello, "w", 1).subscribe();
      probe.dispose();
    }
    assertThat(calls).hasSize(5);
    assertThat(breaking.state()).isEqualTo(BreakerState.HALF_OPEN);
  }

  @Test
  void callsOfBeforeSayNothingAboutNow() {
    answer = null;
    call(30);
    List<MonoSink<WebhookResult>> old = List.copyOf(calls);
    open();
    after(Breaker.FIRST_WAIT.plusMillis(1));
    answer = null;
    call(Breaker.PROBES);
    old.forEach(call -> call.success(failed(Outcome.UNKNOWN, 0)));
    assertThat(breaking.state()).isEqualTo(BreakerState.HALF_OPEN);
    calls.forEach(probe -> probe.success(OK));
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void goneIsGoneUntilTheConfigurationChanges() {
    answer = failed(Outcome.ANSWERED, 410);
    call();
    answer = OK;
    assertThat(call())
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.outcome()).isEqualTo(Outcome.HELD_BACK);
              assertThat(failed.retryAfter()).isNull();
              assertThat(failed.error()).isEqualTo(StatusErrors.of(410));
            });
    after(Duration.ofDays(1));
    call();
    assertThat(calls).hasSize(1);
    assertThat(breaking.state()).isEqualTo(BreakerState.OPEN);
    assertThat(told).containsExactly("http://bot gone");
    breaking.reopen();
    assertThat(call()).isEqualTo(OK);
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void withPeersAFewFailuresInARowOpenIt_andOneCallSees() {
    breaking = breaking("http://bot/hook", true);
    answer = OK;
    call(2 * Breaker.WINDOW);
    answer = failed(Outcome.NOT_SENT, 0);
    call(Breaker.MAX_IN_A_ROW - 1);
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(breaking.failuresInARow()).isEqualTo(Breaker.MAX_IN_A_ROW - 1);
    call();
    assertThat(breaking.state()).isEqualTo(BreakerState.OPEN);
    assertThat(breaking.isReady()).isFalse();
    calls.clear();
    after(Breaker.FIRST_WAIT);
    assertThat(breaking.isReady()).isTrue();
    answer = null;
    call(10);
    assertThat(calls).hasSize(1);
    assertThat(breaking.isReady()).isFalse();
    calls.get(0).success(OK);
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(breaking.failuresInARow()).isZero();
  }

  @Test
  void goneForOneStanzaIsNotGoneForAll() {
    breaking = breaking("http://bot/{to.local}", false);
    answer = failed(Outcome.ANSWERED, 410);
    call(3);
    assertThat(calls).hasSize(3);
    assertThat(told).isEmpty();
  }

  @Test
  void callsThatNobodyWaitsForAnyLongerHaveFailedIfTheyTookLong() {
    answer = null;
    for (int i = 0; i < 2 * Breaker.MIN_CALLS; i++) {
      Disposable call = breaking.post(hello, "w", 1).subscribe();
      after(BreakingWebhook.PATIENCE.minusMillis(1));
      call.dispose();
    }
    assertThat(breaking.state()).isEqualTo(BreakerState.CLOSED);

    for (int i = 0; i < Breaker.MIN_CALLS; i++) {
      Disposable call = breaking.post(hello, "w", 1).subscribe();
      after(BreakingWebhook.PATIENCE);
      call.dispose();
    }
    assertThat(breaking.state()).isEqualTo(BreakerState.OPEN);
  }
}
