package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.order.AdaptiveLimit;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.publisher.TestPublisher;

/** Settings that change while stanzas flow: at once, and without dropping anything. */
class DispatcherChangeTest extends DispatcherFixture {
  private Dispatcher dispatcher;
  private DispatchSettings settings;
  private TestPublisher<Stanza> stream;

  private void start(int concurrency, int queue, Overload overload) {
    settings = settings(concurrency, queue, overload);
    dispatcher = dispatcher(settings);
    stream = start(dispatcher);
  }

  private void change(int concurrency, int queue, Overload overload) {
    dispatcher.change(
        Settings.with(
            settings, "flow", new FlowSettings(Concurrency.of(concurrency), queue, overload)));
  }

  private void come(int from, int to) {
    for (int i = from; i <= to; i++) {
      stream.next(message("u" + i + "@b", "" + i));
    }
  }

  @Test
  void moreConcurrencyLetsThoseThatWaitGo() {
    start(1, 10, Overload.BACKPRESSURE);
    come(1, 5);
    assertThat(begun).containsExactly("1");
    change(3, 10, Overload.BACKPRESSURE);
    assertThat(begun).containsExactly("1", "2", "3");
    assertThat(dispatcher.concurrencyLimit()).isEqualTo(3);
  }

  @Test
  void whatChangesBeforeTheStreamIsThereLosesNoDemand() {
    settings = settings(1, 10, Overload.BACKPRESSURE);
    dispatcher = dispatcher(settings);
    change(1, 20, Overload.BACKPRESSURE);
    assertThat(dispatcher.oldestQueuedNanos()).isZero();
    stream = start(dispatcher);
    stream.assertMinRequested(20);
  }

  @Test
  void lessConcurrencyLetsThoseInFlightEnd() {
    start(3, 10, Overload.BACKPRESSURE);
    come(1, 5);
    change(1, 10, Overload.BACKPRESSURE);
    assertThat(calls.keySet()).containsExactly("1", "2", "3");
    answerNothing("1");
    answerNothing("2");
    assertThat(begun).hasSize(3);
    answerNothing("3");
    assertThat(begun).containsExactly("1", "2", "3", "4");
    answerNothing("4");
    answerNothing("5");
    assertThat(recorder.settled).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void aLongerQueueAsksForMore() {
    start(1, 4, Overload.BACKPRESSURE);
    come(1, 5);
    stream.assertMaxRequested(0);
    change(1, 9, Overload.BACKPRESSURE);
    stream.assertMinRequested(5);
  }

  @Test
  void aShorterQueueDropsNothingAndAsksForNoMoreUntilItHasRoom() {
    start(1, 8, Overload.BACKPRESSURE);
    come(1, 8);
    change(1, 2, Overload.BACKPRESSURE);
    for (int i = 1; i <= 5; i++) {
      answerNothing("" + i);
      stream.assertMaxRequested(0);
    }
    answerNothing("6");
    stream.assertMinRequested(1);
    answerNothing("7");
    answerNothing("8");
    assertThat(recorder.refused).isEmpty();
    assertThat(recorder.settled).hasSize(8);
  }

  @Test
  void fromBackpressureToRejectAndBack() {
    start(1, 2, Overload.BACKPRESSURE);
    come(1, 3);
    stream.assertMaxRequested(0);
    change(1, 2, Overload.REJECT);
    stream.assertMinRequested(1);
    come(4, 5);
    assertThat(recorder.refused).hasSize(2);
    change(1, 2, Overload.BACKPRESSURE);
    // What was asked for still comes, and waits: that is bounded.
    come(6, 7);
    assertThat(recorder.refused).hasSize(2);
    for (int i : new int[] {1, 2, 3, 6, 7}) {
      answerNothing("" + i);
    }
    assertThat(recorder.settled).containsExactly("1", "2", "3", "6", "7");
  }

  @Test
  void theSameSettingsLeaveTheLimitThatWasFound() {
    start(1, 1000, Overload.BACKPRESSURE);
    FlowSettings automatic = new FlowSettings(Concurrency.AUTO, 1000, Overload.BACKPRESSURE);
    dispatcher.change(Settings.with(settings, "flow", automatic));
    assertThat(dispatcher.concurrencyLimit()).isEqualTo(AdaptiveLimit.FIRST);
    come(1, 800);
    answerInRounds(5);
    int found = dispatcher.concurrencyLimit();
    assertThat(found).isGreaterThan(AdaptiveLimit.FIRST);
    dispatcher.change(
        Settings.with(
            settings, "flow", new FlowSettings(Concurrency.AUTO, 500, Overload.BACKPRESSURE)));
    assertThat(dispatcher.concurrencyLimit()).isEqualTo(found);
    assertThat(calls).hasSize(found);
  }

  @Test
  void automaticConcurrencyShrinksWhereTheWebhookCannotKeepUp() {
    start(1, 1000, Overload.BACKPRESSURE);
    dispatcher.change(
        Settings.with(
            settings, "flow", new FlowSettings(Concurrency.AUTO, 1000, Overload.BACKPRESSURE)));
    come(1, 200);
    for (int round = 0; round < 5; round++) {
      time.advanceTimeBy(Duration.ofMillis(300));
      List.copyOf(calls.values())
          .forEach(
              call ->
                  call.success(
                      new WebhookResult.Failed(
                          WebhookResult.Outcome.ANSWERED,
                          503,
                          io.stanzahook.stanza.ErrorCondition.REMOTE_SERVER_TIMEOUT.error("Busy."),
                          "503",
                          null)));
    }
    assertThat(dispatcher.concurrencyLimit()).isLessThan(AdaptiveLimit.FIRST);
  }

  private void answerInRounds(int rounds) {
    for (int round = 0; round < rounds; round++) {
      time.advanceTimeBy(Duration.ofMillis(300));
      new ArrayList<>(calls.keySet()).forEach(this::answerNothing);
    }
  }
}
