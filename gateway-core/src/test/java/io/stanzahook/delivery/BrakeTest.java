package io.stanzahook.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.delivery.DispatchSettings.Order;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.test.publisher.TestPublisher;

/** Two bots that answer each other, under {@code --answers-per-minute}, in virtual time. */
class BrakeTest extends SpoolFixture {
  private static DispatchSettings braked(int concurrency, int perMinute) {
    DispatchSettings settings = settings(concurrency, 1000, Overload.BACKPRESSURE);
    return Settings.with(
        settings, "flow", Settings.with(settings.flow(), "answers-per-minute", perMinute));
  }

  private static Stanza room(String occupant, String id) {
    return Stanzas.of(
        "<message from='r@rooms.b/%s' to='bot@gw.localhost' id='%s' type='groupchat'><body>x</body></message>"
            .formatted(occupant, id));
  }

  /** A message comes and is answered. */
  private void turn(TestPublisher<Stanza> stream, Stanza stanza) {
    stream.next(stanza);
    answer(requireNonNull(stanza.id()), "to " + stanza.id());
  }

  private void seconds(long seconds) {
    time.advanceTimeBy(Duration.ofSeconds(seconds));
  }

  @Test
  void answersBeyondTheMinutesShareLeaveWhenItIsOver() {
    TestPublisher<Stanza> stream = start(dispatcher(braked(10, 2)));
    turn(stream, message("a@b", "1"));
    seconds(10);
    turn(stream, message("A@b/other", "2"));
    turn(stream, message("a@b", "3"));
    assertThat(sentBodies()).containsExactly("to 1", "to 2");
    assertThat(recorder.held).containsExactly("3 for 50000 ms, the first");
    seconds(49);
    assertThat(sent).hasSize(2);
    seconds(1);
    assertThat(sentBodies()).containsExactly("to 1", "to 2", "to 3");
    assertThat(recorder.settled).containsExactly("1", "2", "3");

    // The next minute begins there, with one answer in it already.
    turn(stream, message("a@b", "4"));
    turn(stream, message("a@b", "5"));
    assertThat(sentBodies()).endsWith("to 3", "to 4");
    assertThat(recorder.held).endsWith("5 for 60000 ms");
    seconds(60);
    assertThat(sentBodies()).endsWith("to 4", "to 5");
    seconds(180);
    turn(stream, message("a@b", "6"));
    turn(stream, message("a@b", "7"));
    assertThat(sentBodies()).endsWith("to 6", "to 7");
  }

  @Test
  void twoBotsForAnHourSayNoMoreThanTheShare() {
    TestPublisher<Stanza> stream = start(dispatcher(braked(1, 5)));
    int said = 0;
    for (int second = 0; second < 3599; second++) {
      // The other one answers whatever it hears, at once.
      while (said == sent.size()) {
        turn(stream, message("other@b", "m" + said++));
      }
      seconds(1);
    }
    assertThat(sent).hasSize(5 * 60);
    assertThat(recorder.refused).isEmpty();
  }

  @Test
  void aHeldAnswerTakesNoPlace_andWhatComesAfterItWaitsBehindIt() {
    Dispatcher dispatcher = dispatcher(braked(1, 1));
    TestPublisher<Stanza> stream = start(dispatcher);
    turn(stream, message("a@b", "1"));
    turn(stream, message("a@b", "2"));
    stream.next(message("a@b", "3"), message("a@b", "4"));
    assertThat(dispatcher.inFlight()).isZero();
    assertThat(dispatcher.queued()).isEqualTo(3);
    turn(stream, message("c@d", "c"));
    assertThat(sentBodies()).containsExactly("to 1", "to c");
    assertThat(begun).doesNotContain("3");

    seconds(60);
    assertThat(sentBodies()).containsExactly("to 1", "to c", "to 2");
    answer("3", "to 3");
    seconds(60);
    answer("4", "to 4");
    seconds(60);
    assertThat(sentBodies()).endsWith("to 2", "to 3", "to 4");
    assertThat(recorder.refused).as("what waits behind a held answer is not late").isEmpty();
    assertThat(dispatcher.queued()).isZero();
  }

  @Test
  void whatPilesUpBehindAHeldAnswerIsBounded() {
    TestPublisher<Stanza> stream = start(dispatcher(braked(1, 1)));
    turn(stream, message("a@b", "1"));
    turn(stream, message("a@b", "2"));
    for (int i = 0; i < Brake.MAX_HELD; i++) {
      stream.next(message("a@b", "w" + i));
    }
    assertThat(recorder.refused).isEmpty();
    stream.next(message("a@b", "one too many"));
    assertThat(recorder.refused).containsExactly(RefusalReason.QUEUE_FULL);
    turn(stream, message("c@d", "c"));
    assertThat(sentBodies()).endsWith("to c");
  }

  @Test
  void iqsAreNeitherHeldNorDoTheyWaitBehindWhatIs() {
    TestPublisher<Stanza> stream = start(dispatcher(braked(10, 1)));
    turn(stream, message("a@b", "1"));
    stream.next(message("a@b", "2"), iq("a@b", "q1"));
    answer("2", "to 2");
    assertThat(begun).containsExactly("1", "2", "q1");
    answer("q1", "to q1");
    turn(stream, iq("a@b", "q2"));
    assertThat(sentBodies()).containsExactly("to 1", "to q1", "to q2");
    seconds(60);
    assertThat(sentBodies()).endsWith("to q2", "to 2");
    assertThat(recorder.settled).containsExactly("1", "q1", "q2", "2");
  }

  @Test
  void errorsAndSilenceAreNotCounted() {
    TestPublisher<Stanza> stream = start(dispatcher(braked(10, 1)));
    for (int i = 0; i < 5; i++) {
      stream.next(message("a@b", "s" + i));
      answerNothing("s" + i);
      stream.next(message("a@b", "f" + i));
      fail("f" + i, Outcome.ANSWERED, 404, null);
    }
    assertThat(sent).hasSize(5);
    turn(stream, message("a@b", "1"));
    assertThat(sentBodies()).endsWith("to 1");
    assertThat(recorder.held).isEmpty();
  }

  @Test
  void aRoomIsOneConversation() {
    TestPublisher<Stanza> stream = start(dispatcher(braked(10, 2)));
    turn(stream, room("ann", "1"));
    turn(stream, room("bot", "2"));
    turn(stream, room("bot", "3"));
    assertThat(sent).hasSize(2);
    seconds(60);
    assertThat(sent).hasSize(3);
  }

  @Test
  void withoutOrderTheShareHoldsToo() {
    DispatchSettings settings = braked(10, 2);
    TestPublisher<Stanza> stream = start(dispatcher(Settings.with(settings, "order", Order.NONE)));
    for (int i = 1; i <= 5; i++) {
      turn(stream, message("a@b", Integer.toString(i)));
    }
    assertThat(sentBodies()).containsExactly("to 1", "to 2");
    seconds(60);
    assertThat(sentBodies()).containsExactly("to 1", "to 2", "to 3", "to 4");
    seconds(60);
    assertThat(sentBodies()).endsWith("to 4", "to 5");
  }

  @Test
  void aChangeLetsGoWhatIsHeld() {
    Dispatcher dispatcher = dispatcher(braked(10, 1));
    TestPublisher<Stanza> stream = start(dispatcher);
    turn(stream, message("a@b", "1"));
    turn(stream, message("a@b", "2"));
    stream.next(message("a@b", "3"));
    dispatcher.change(settings(10, 1000, Overload.BACKPRESSURE));
    assertThat(sentBodies()).containsExactly("to 1", "to 2");
    answer("3", "to 3");
    turn(stream, message("a@b", "4"));
    assertThat(sentBodies()).endsWith("to 3", "to 4");
  }

  @Test
  void theEndLosesNoAnswer() {
    Dispatcher dispatcher = dispatcher(braked(10, 1));
    TestPublisher<Stanza> stream = start(dispatcher);
    turn(stream, message("a@b", "1"));
    turn(stream, message("a@b", "2"));
    stream.next(message("a@b", "3"), message("a@b", "4"));
    AtomicBoolean ended = new AtomicBoolean();
    dispatcher.drain(Duration.ofSeconds(15)).subscribe(done -> {}, e -> {}, () -> ended.set(true));
    answer("3", "to 3");
    answer("4", "to 4");
    assertThat(sentBodies()).containsExactly("to 1", "to 2", "to 3", "to 4");
    seconds(1);
    assertThat(ended).isTrue();
  }

  @Test
  void withASpoolAHeldAnswerIsOnDiskUntilItLeaves() {
    start();
    Dispatcher spooled = requireNonNull(dispatcher);
    DispatchSettings usual = settings(10, 100, Overload.BACKPRESSURE);
    spooled.change(
        Settings.with(
            Settings.with(usual, "flow", Settings.with(usual.flow(), "answers-per-minute", 1)),
            "retry",
            Settings.with(RetrySettings.DEFAULT, "retry-for", Duration.ofDays(3))));
    turn(stream, message("a@b", "1"));
    turn(stream, message("a@b", "2"));
    stream.next(message("a@b", "3"));
    assertThat(spool().figures().depth()).isEqualTo(2);
    seconds(60);
    assertThat(sentBodies()).containsExactly("to 1", "to 2");
    assertThat(spool().figures().depth()).isEqualTo(1);
    answer("3", "to 3");
    spooled.drain(Duration.ofSeconds(15)).subscribe();
    assertThat(sentBodies()).containsExactly("to 1", "to 2", "to 3");
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void withoutTheBrakeNothingIsHeld_butTwoBotsAreToldOnce() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(10, 100, Overload.BACKPRESSURE)));
    for (int i = 0; i < 1000; i++) {
      turn(stream, message("other@b", "m" + i));
      time.advanceTimeBy(Duration.ofMillis(300));
    }
    assertThat(sent).hasSize(1000);
    assertThat(recorder.held).isEmpty();
    // The first message is no turn yet.
    assertThat(recorder.bots).containsExactly("m100");
  }

  @Test
  void peopleDoNotLookLikeBots() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(10, 100, Overload.BACKPRESSURE)));
    for (int i = 0; i < 500; i++) {
      turn(stream, message("ann@b/" + i % 2, "m" + i));
      // However quick somebody types: now and then there is a thought.
      time.advanceTimeBy(Duration.ofMillis(i % 50 == 49 ? 2100 : 500));
    }
    assertThat(recorder.bots).isEmpty();
  }

  @Test
  void aBusyRoomDoesNotLookLikeBots_butABotInItDoes() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(10, 100, Overload.BACKPRESSURE)));
    for (int i = 0; i < 500; i++) {
      turn(stream, room("person" + i % 20, "p" + i));
      time.advanceTimeBy(Duration.ofMillis(200));
    }
    assertThat(recorder.bots).isEmpty();
    for (int i = 0; i < 150; i++) {
      turn(stream, room("robot", "r" + i));
      time.advanceTimeBy(Duration.ofMillis(200));
    }
    assertThat(recorder.bots).containsExactly("r100");
  }

  @Test
  void whatAnOutageHeldUpDoesNotLookLikeBots() {
    TestPublisher<Stanza> stream = start(dispatcher(settings(10, 1000, Overload.BACKPRESSURE)));
    stream.next(message("ann@b", "first"));
    List<Stanza> waiting =
        IntStream.range(0, 300).mapToObj(i -> message("ann@b", "m" + i)).toList();
    waiting.forEach(stream::next);
    seconds(30);
    answer("first", "to first");
    waiting.forEach(each -> answer(requireNonNull(each.id()), "late"));
    assertThat(sent).hasSize(301);
    assertThat(recorder.bots).isEmpty();
  }
}
