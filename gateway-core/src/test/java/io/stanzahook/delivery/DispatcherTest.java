package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DispatchSettings.Order;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;

class DispatcherTest extends DispatcherFixture {
  @Test
  void oneConversationIsCalledOneAfterAnother_othersSideBySide() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(10, 100, Overload.BACKPRESSURE)));
    stream.next(message("a@b/1", "a1"), message("A@B/2", "a2"), message("c@d", "c1"));
    assertThat(begun).containsExactly("a1", "c1");
    answer("c1", "to c1");
    answer("a1", "to a1");
    assertThat(begun).containsExactly("a1", "c1", "a2");
    answer("a2", "to a2");
    assertThat(sentBodies()).containsExactly("to c1", "to a1", "to a2");
    assertThat(recorder.settled).containsExactly("c1", "a1", "a2");
  }

  @Test
  void orderNoneCallsAllAtOnce() {
    DispatchSettings ordered = settings(10, 100, Overload.BACKPRESSURE);
    TestPublisher<Stanza> stream = start(dispatcher(Settings.with(ordered, "order", Order.NONE)));
    stream.next(message("a@b", "1"), message("a@b", "2"));
    assertThat(begun).containsExactly("1", "2");
  }

  @Test
  void noMoreCallsThanTheConcurrency_andTheNextBeginsWithAFreePlace() {
    Dispatcher dispatcher = dispatcher(settings(2, 100, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"), message("e@f", "3"), message("a@b", "4"));
    assertThat(begun).containsExactly("1", "2");
    assertThat(dispatcher.inFlight()).isEqualTo(2);
    assertThat(dispatcher.queued()).isEqualTo(2);
    time.advanceTimeBy(Duration.ofSeconds(3));
    assertThat(dispatcher.oldestQueuedNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(3));
    answerNothing("1");
    assertThat(begun).containsExactly("1", "2", "3");
    answerNothing("3");
    assertThat(begun).containsExactly("1", "2", "3", "4");
    answerNothing("2");
    answerNothing("4");
    assertThat(dispatcher.inFlight()).isZero();
    assertThat(dispatcher.queued()).isZero();
    assertThat(dispatcher.oldestQueuedNanos()).isZero();
    assertThat(recorder.settled).containsExactly("1", "3", "2", "4");
  }

  @Test
  void whatWaitsLongestIsAlsoKnownWhileSomebodyIsInATurn() {
    List<Dispatcher> running = new ArrayList<>();
    List<Long> seen = new ArrayList<>();
    also =
        new DeliveryListener() {
          @Override
          public void received(Stanza stanza) {
            running.forEach(each -> seen.add(each.oldestQueuedNanos()));
          }
        };
    Dispatcher dispatcher = dispatcher(settings(1, 100, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    time.advanceTimeBy(Duration.ofSeconds(3));
    assertThat(dispatcher.oldestQueuedNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(3));
    running.add(dispatcher);
    time.advanceTimeBy(Duration.ofSeconds(2));
    stream.next(message("e@f", "3"));
    assertThat(seen).containsExactly(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void aStuckConversationHoldsUpNobodyElse() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(2, 100, Overload.BACKPRESSURE)));
    stream.next(message("stuck@b", "s1"), message("stuck@b", "s2"));
    for (int i = 0; i < 20; i++) {
      stream.next(message("u" + i + "@b", "u" + i));
      answerNothing("u" + i);
    }
    assertThat(recorder.settled).hasSize(20);
    assertThat(calls.keySet()).containsExactly("s1");
  }

  @Test
  void backpressureAsksForNoMoreThanTheQueueHolds() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(1, 3, Overload.BACKPRESSURE)));
    stream.assertMinRequested(3);
    stream.next(message("a@b", "1")); // in flight: asks for one more
    stream.next(message("c@d", "2"), message("e@f", "3"), message("g@h", "4"));
    stream.assertMaxRequested(0);
    answerNothing("1");
    stream.assertMinRequested(1);
    assertThat(recorder.refused).isEmpty();
  }

  @Test
  void answersThatAreNotWrittenTakeRoomToo() {
    holdWrites = true;
    TestPublisher<Stanza> stream = start(dispatcher(settings(4, 2, Overload.BACKPRESSURE)));
    stream.next(message("a@b", "1"), message("c@d", "2"));
    answer("1", "x");
    answer("2", "x");
    // What was asked for before still comes; nothing beyond it is asked for.
    stream.next(message("e@f", "3"), message("g@h", "4"));
    stream.assertMaxRequested(0);
    assertThat(recorder.settled).isEmpty();
    unwritten.poll().success();
    stream.assertMinRequested(1);
    assertThat(recorder.settled).containsExactly("1");
  }

  @Test
  void rejectAnswersWaitResourceConstraint() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(1, 1, Overload.REJECT)));
    stream.next(message("a@b", "1"), message("c@d", "2"), message("e@f", "3"), iq("x@y", "4"));
    assertThat(begun).containsExactly("1");
    assertThat(recorder.refused)
        .containsExactly(
            DeliveryListener.RefusalReason.QUEUE_FULL, DeliveryListener.RefusalReason.QUEUE_FULL);
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("3", "4");
    assertThat(sent).allSatisfy(s -> assertError(s, "wait", "resource-constraint"));
    answerNothing("1");
    assertThat(begun).containsExactly("1", "2");
  }

  @Test
  void whatWaitsTooLongIsAnswered_andItsConversationGoesOn() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(1, 10, Overload.BACKPRESSURE)));
    stream.next(message("a@b", "1"));
    time.advanceTimeBy(Duration.ofSeconds(50));
    stream.next(message("c@d", "late1"));
    time.advanceTimeBy(Duration.ofSeconds(20));
    stream.next(message("c@d", "c2"));
    time.advanceTimeBy(Duration.ofSeconds(41));
    assertThat(recorder.refused).containsExactly(DeliveryListener.RefusalReason.QUEUE_TIMEOUT);
    assertThat(sent).singleElement().satisfies(s -> assertThat(s.id()).isEqualTo("late1"));
    assertError(sent.get(0), "wait", "resource-constraint");
    answerNothing("1");
    assertThat(begun).containsExactly("1", "c2");
  }

  @Test
  void c1_anIqIsAnsweredInTimeWhetherItWaitsOrIsInFlight() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(1, 10, Overload.BACKPRESSURE)));
    stream.next(iq("a@b", "flying"), iq("c@d", "waiting"));
    time.advanceTimeBy(Duration.ofSeconds(24));
    assertThat(sent).isEmpty();
    time.advanceTimeBy(Duration.ofSeconds(2));
    assertThat(sent).extracting(OutboundStanza::id).containsExactlyInAnyOrder("flying", "waiting");
    assertThat(calls).isEmpty();
    assertError(
        sent.stream().filter(s -> "flying".equals(s.id())).findFirst().orElseThrow(),
        "wait",
        "remote-server-timeout");
    assertThat(recorder.givenUp).as("seen from outside as well").contains("flying after 1");
  }

  @Test
  void aFailureIsToldToTheSender_exceptToRoomsAndErrors() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(9, 10, Overload.BACKPRESSURE)));
    WebhookResult failed =
        new WebhookResult.Failed(
            WebhookResult.Outcome.ANSWERED,
            404,
            ErrorCondition.ITEM_NOT_FOUND.error("No."),
            "404",
            null);
    stream.next(message("a@b", "1"));
    stream.next(Stanzas.of("<message from='r@c/n' to='gw.localhost' id='2' type='groupchat'/>"));
    stream.next(Stanzas.of("<message from='c@d' to='gw.localhost' id='3' type='error'/>"));
    List.copyOf(calls.values()).forEach(call -> call.success(failed));
    assertThat(sent).singleElement().satisfies(s -> assertThat(s.id()).isEqualTo("1"));
    assertError(sent.get(0), "cancel", "item-not-found");
    assertThat(recorder.settled).containsExactlyInAnyOrder("1", "2", "3");
  }

  @Test
  void c10_aForeignAddresseeIsDropped() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(9, 10, Overload.BACKPRESSURE)));
    stream.next(Stanzas.of("<message from='a@b' to='x@elsewhere' id='1'/>"));
    assertThat(begun).isEmpty();
    assertThat(sent).isEmpty();
    assertThat(recorder.refused).containsExactly(DeliveryListener.RefusalReason.FOREIGN_TO);
  }

  @Test
  void c13_ourOwnDomainIsPostedButNotAnswered() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(9, 10, Overload.BACKPRESSURE)));
    stream.next(message("other@gw.localhost", "1"));
    answer("1", "loop");
    assertThat(sent).isEmpty();
    assertThat(recorder.dropped).containsExactly("unanswerable");
  }

  @Test
  void aReplyThatCannotBeSentIsCountedAsDropped() {
    Dispatcher dispatcher =
        new Dispatcher(
            "gw.localhost",
            settings(1, 10, Overload.BACKPRESSURE),
            stanza -> null,
            (stanza, id, attempt) ->
                Mono.just(
                    new WebhookResult.Answered(
                        200,
                        List.of(OutboundStanza.of(OutboundStanza.answer(stanza, "chat").build())),
                        List.of())),
            stanzas -> Mono.error(new IllegalStateException("away")),
            recorder,
            clock(),
            MemoryJournal::new);
    start(dispatcher).next(message("a@b", "1"));
    assertThat(recorder.dropped).containsExactly("aged_out");
    assertThat(recorder.settled).isEmpty();
  }

  @Test
  void aWebhookThatThrowsCostsAnError_andNoPlace() {
    Dispatcher dispatcher =
        new Dispatcher(
            "gw.localhost",
            settings(1, 10, Overload.BACKPRESSURE),
            stanza -> null,
            (stanza, id, attempt) -> {
              throw new IllegalStateException("on purpose");
            },
            stanzas -> Mono.fromRunnable(() -> sent.addAll(stanzas)),
            recorder,
            clock(),
            MemoryJournal::new);
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("a@b", "2"));
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("1", "2");
    assertThat(dispatcher.inFlight()).isZero();
    assertThat(dispatcher.queued()).isZero();
    assertThat(faults()).hasSize(2);
  }
}
