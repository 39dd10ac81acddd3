package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.publisher.TestPublisher;

class DispatcherDrainTest extends DispatcherFixture {
  @Test
  void drainLetsAllEnd() {
    Dispatcher dispatcher = dispatcher(settings(1, 10, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    stream.next(message("e@f", "after"));
    assertThat(recorder.refused).containsExactly(DeliveryListener.RefusalReason.SHUTDOWN);
    answer("1", "x");
    assertThat(ends).isEmpty();
    answer("2", "y");
    assertThat(ends).containsExactly("drained");
    assertThat(sent).extracting(OutboundStanza::id).contains("after");
  }

  @Test
  void drainAnswersTheRestWhenTheTimeIsOver() {
    Dispatcher dispatcher = dispatcher(settings(1, 10, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    time.advanceTimeBy(Duration.ofSeconds(6));
    assertThat(ends).containsExactly("drained");
    assertThat(calls).isEmpty();
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("1", "2");
    assertError(sent.get(0), "wait", "remote-server-timeout");
    assertError(sent.get(1), "wait", "resource-constraint");
    assertThat(recorder.givenUp).as("its sender got an error").containsExactly("1 after 1");
    assertThat(recorder.waiting).containsExactly("2", "2 ended by shutdown");
  }

  @Test
  void theErrorsOfAConversationComeInItsOrder() {
    Dispatcher dispatcher = dispatcher(settings(2, 10, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("a@b", "2"), message("a@b", "3"));
    dispatcher.drain(Duration.ofSeconds(5)).subscribe();
    time.advanceTimeBy(Duration.ofSeconds(6));
    assertThat(begun).containsExactly("1");
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("1", "2", "3");
  }

  @Test
  void whereReadingHadStoppedWhatTheServerSentBeforeIsReadAndTurnedAway() {
    Dispatcher dispatcher = dispatcher(settings(1, 1, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    answer("1", "x");
    answer("2", "y");
    time.advanceTimeBy(Duration.ofMillis(100));
    stream.next(message("e@f", "3"), iq("g@h", "4"), iqPing("i@j", "5"));

    assertThat(sent).extracting(OutboundStanza::id).endsWith("3", "4", "5");
    assertError(sent.get(2), "wait", "resource-constraint");
    assertError(sent.get(3), "wait", "resource-constraint");
    assertThat(sent.get(4).type()).isEqualTo("result");
    assertThat(ends).isEmpty();
    time.advanceTimeBy(Duration.ofMillis(500));
    assertThat(ends).containsExactly("drained");
  }

  @Test
  void aServerThatGoesOnSendingDoesNotPutOffTheEnd() {
    Dispatcher dispatcher = dispatcher(settings(1, 1, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    answer("1", "x");
    answer("2", "y");
    for (int i = 0; i < 20; i++) {
      stream.next(message("e@f", "more" + i));
      time.advanceTimeBy(Duration.ofMillis(100));
    }
    assertThat(ends).containsExactly("drained");
    assertThat(recorder.refused).hasSize(20);
  }

  @Test
  void whereTheStreamHasEndedNothingElseIsWaitedFor() {
    Dispatcher dispatcher = dispatcher(settings(1, 1, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    stream.complete();
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    answer("1", "x");
    assertThat(ends).isEmpty();
    answer("2", "y");
    assertThat(ends).containsExactly("drained");
  }
}
