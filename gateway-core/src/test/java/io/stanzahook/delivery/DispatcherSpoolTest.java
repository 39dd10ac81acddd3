package io.stanzahook.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.spool.DiskJournal;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.RoomPlace;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Messages that are kept in a spool: what is called when, and what waits on disk. */
class DispatcherSpoolTest extends SpoolFixture {
  @Test
  void aCallBeginsOnceTheMessageIsOnDisk() {
    start();
    diskHolds = true;
    stream.next(message("a@b", "1"));
    assertThat(begun).isEmpty();
    diskWrites();
    assertThat(begun).containsExactly("1");
  }

  @Test
  void whatIsNotKeptAndIsTriedAgainTakesRoomInTheQueue() {
    start(10, 3, Overload.REJECT, Long.MAX_VALUE);
    stream.next(iq("a@b", "1"), iq("c@d", "2"), iq("e@f", "3"));
    for (String id : List.copyOf(calls.keySet())) {
      fail(id, Outcome.NOT_SENT, 0, null);
    }
    assertThat(recorder.retrying).hasSize(3);
    stream.next(iq("g@h", "4"));
    assertThat(recorder.refused).containsExactly(RefusalReason.QUEUE_FULL);
    // What is kept is not held up by it.
    stream.next(message("i@j", "5"));
    assertThat(begun).endsWith("5");
  }

  @Test
  void anIqIsNotKept() {
    start();
    diskHolds = true;
    stream.next(iq("a@b", "1"));
    assertThat(begun).containsExactly("1");
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void anAnsweredPingSaysThatAllBeforeItIsOnDisk() {
    start();
    stream.next(iqPing("a@b", "free"));
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("free");
    diskHolds = true;
    stream.next(message("a@b", "1"), iqPing("a@b", "after 1"));
    assertThat(sent).hasSize(1);
    diskWrites();
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("free", "after 1");
  }

  @Test
  void afterACrashAllIsDeliveredAgain_inOrder_underTheSameIds() {
    start();
    stream.next(message("a@b", "a1"), message("a@b", "a2"), message("c@d", "c1"));
    answer("c1", "done");
    List<String> ids = List.copyOf(webhookIds);
    restart();
    assertThat(begun).containsExactly("a1");
    assertThat(webhookIds.get(webhookIds.size() - 1)).isEqualTo(ids.get(0));
    answer("a1", "1");
    answer("a2", "2");
    assertThat(sentBodies()).containsExactly("done", "1", "2");
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void theLanguageOfTheStreamItCameInSurvivesACrash() {
    start();
    Message plain = (Message) message("a@b", "1");
    StanzaHeader header = plain.header();
    stream.next(
        new Message(
            new StanzaHeader(header.to(), header.from(), header.id(), header.type(), "en"),
            plain.body(),
            null,
            null,
            List.of(),
            plain.xml()));
    restart();
    assertThat(posted).extracting(Stanza::lang).containsExactly("en", "en");
    assertThat(posted).extracting(Stanza::xml).containsExactly(plain.xml(), plain.xml());
  }

  @Test
  void whatIsReadFromDiskSaysWhereItWasSaid_asWhatComes() {
    RoomPlace place = new RoomPlace(Jid.of("room@b"), "ann", "bot");
    start();
    stream.next(message("a@b", "1"));
    keptAs = stanza -> ((Message) stanza).in(place);
    restart();
    assertThat(posted).extracting(stanza -> ((Message) stanza).room()).containsExactly(null, place);
  }

  @Test
  void whatComesAfterTheRestartWaitsForWhatWasThereBefore() {
    start();
    stream.next(message("a@b", "a1"), message("a@b", "a2"));
    calls.clear();
    begun.clear();
    diskHolds = true;
    start();
    stream.next(message("a@b", "a3"));
    diskWrites();
    for (String id : List.of("a1", "a2", "a3")) {
      assertThat(begun).endsWith(id);
      answer(id, id);
    }
    assertThat(sentBodies()).containsExactly("a1", "a2", "a3");
  }

  @Test
  void beyondTheQueueTheyWaitOnDisk_andAreReadBackInOrder() {
    start(2, 5, Overload.BACKPRESSURE, Long.MAX_VALUE);
    for (int i = 0; i < 200; i++) {
      stream.next(message("u%d@b".formatted(i % 7), String.valueOf(i)));
    }
    assertThat(spool().figures().depth()).isEqualTo(200);
    assertThat(requireNonNull(dispatcher).queued()).isLessThanOrEqualTo(5);
    List<List<Integer>> byUser = new ArrayList<>();
    for (int user = 0; user < 7; user++) {
      byUser.add(new ArrayList<>());
    }
    for (int done = 0; done < 200; done++) {
      String id = calls.keySet().iterator().next();
      byUser.get(Integer.parseInt(id) % 7).add(Integer.parseInt(id));
      answerNothing(id);
      assertThat(dispatcher.queued()).isLessThanOrEqualTo(5);
    }
    assertThat(byUser).allSatisfy(ids -> assertThat(ids).isSorted());
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void theQueueIsNeverAsLongThatReadingStops() {
    start(1, 1, Overload.BACKPRESSURE, Long.MAX_VALUE);
    // TestPublisher fails the test where there is no demand.
    for (int i = 0; i < SafeSteps.MAX_UNSAFE + 100; i++) {
      stream.next(message("a@b", String.valueOf(i)));
    }
    assertThat(spool().figures().depth()).isEqualTo(SafeSteps.MAX_UNSAFE + 100);
  }

  @Test
  void withASlowDiskReadingStops() {
    startWithoutStream(1, 1_000, Overload.BACKPRESSURE, Long.MAX_VALUE);
    diskHolds = true;
    List<Integer> taken = new ArrayList<>();
    Dispatcher held = requireNonNull(dispatcher);
    Flux.range(0, 6_000)
        .doOnNext(taken::add)
        .map(i -> message("a@b", String.valueOf(i)))
        .subscribe(held.intake());
    assertThat(taken).hasSizeLessThanOrEqualTo(SafeSteps.MAX_UNSAFE).isNotEmpty();
    diskWrites();
    assertThat(taken).hasSize(6_000);
    assertThat(held.queued()).isEqualTo(DiskJournal.MAX_OF_ONE);
  }

  @Test
  void g4_whatComesLateIsStamped_theSameInEachAttempt() {
    start();
    after(Duration.ofSeconds(5));
    stream.next(message("a@b", "1"));
    after(Duration.ofSeconds(60));
    restart();
    Stanza first = posted.get(posted.size() - 1);
    assertThat(Delay.stamps(first).first()).isEqualTo("1970-01-01T00:00:05Z");
    assertThat(first.xml().toString())
        .endsWith(
            "<delay xmlns='urn:xmpp:delay' from='gw.localhost' stamp='1970-01-01T00:00:05Z'/>"
                + "</message>");
    fail("1", Outcome.UNKNOWN, 0, null);
    after(Duration.ofMinutes(1));
    assertThat(posted.get(posted.size() - 1).xml()).isEqualTo(first.xml());
    assertThat(posted).hasSize(3);
  }

  @Test
  void aFullSpoolStopsReading_orTurnsAway() {
    start(1, 10, Overload.REJECT, 1000);
    for (int i = 0; i < 20; i++) {
      stream.next(message("a@b", String.valueOf(i)));
    }
    assertThat(recorder.refused).isNotEmpty().containsOnly(RefusalReason.SPOOL_FULL);
    assertError(sent.get(0), "wait", "resource-constraint");
    int kept = 20 - recorder.refused.size();
    for (int i = 0; i < kept; i++) {
      answerNothing(String.valueOf(i));
    }
    assertThat(spool().figures().depth()).isZero();
    stream.next(message("a@b", "after"));
    assertThat(begun).endsWith("after");

    startWithoutStream(1, 10, Overload.BACKPRESSURE, 1000);
    List<Integer> taken = new ArrayList<>();
    Flux.range(0, 10_000)
        .doOnNext(taken::add)
        .map(i -> message("a@b", "x" + i))
        .subscribe(requireNonNull(dispatcher).intake());
    assertThat(taken).hasSizeLessThan(10_000).isNotEmpty();
  }

  @Test
  void aDiskThatFailsHoldsThemUp_andKeepsTheirOrder() {
    start();
    spool().failWith(new SpoolException("no space left"));
    stream.next(message("a@b", "1"), message("a@b", "2"), iqPing("a@b", "not safe"));
    assertThat(begun).isEmpty();
    assertError(sent.remove(0), "wait", "resource-constraint");
    after(Duration.ofSeconds(3));
    stream.next(message("a@b", "3"));
    assertThat(begun).isEmpty();
    spool().failWith(null);
    after(Duration.ofSeconds(3));
    for (String id : List.of("1", "2", "3")) {
      assertThat(begun).endsWith(id);
      answer(id, id);
    }
    assertThat(sentBodies()).containsExactly("1", "2", "3");
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void repliesThatCannotBeWrittenHoldUpCalls() {
    start(10, 5, Overload.BACKPRESSURE, Long.MAX_VALUE);
    holdWrites = true;
    for (int i = 0; i < 100; i++) {
      stream.next(message("u%d@b".formatted(i), String.valueOf(i)));
    }
    while (!calls.isEmpty()) {
      answer(calls.keySet().iterator().next(), "x");
    }
    assertThat(begun.size()).isLessThanOrEqualTo(5 + 1 + 10);
    holdWrites = false;
    while (!unwritten.isEmpty()) {
      unwritten.remove().success();
    }
    while (!calls.isEmpty()) {
      answer(calls.keySet().iterator().next(), "x");
    }
    assertThat(sent).extracting(OutboundStanza::kind).hasSize(100);
    assertThat(spool().figures().depth()).isZero();
  }

  @Test
  void aConversationThatIsStuckHoldsUpNobody_howeverMuchItSends() {
    start(10, 300, Overload.BACKPRESSURE, Long.MAX_VALUE);
    stream.next(message("stuck@b", "s0"));
    for (int i = 1; i < 1500; i++) {
      stream.next(message("stuck@b", "s" + i));
    }
    stream.next(message("other@b", "o"));
    assertThat(begun).containsExactly("s0", "o");
    assertThat(requireNonNull(dispatcher).queued()).isEqualTo(DiskJournal.MAX_OF_ONE);
    answerNothing("o");
    for (int i = 0; i < 1500; i++) {
      assertThat(calls).containsOnlyKeys("s" + i);
      answerNothing("s" + i);
      if (i == 700) {
        stream.next(message("stuck@b", "s1500"), message("other@b", "again"));
        answerNothing("again");
      }
    }
    assertThat(begun).endsWith("s1500");
    answerNothing("s1500");
    assertThat(spool().figures().depth()).isZero();
    assertThat(dispatcher.queued()).isZero();
  }

  @Test
  void whatAStuckConversationLeftOnDiskIsThereAfterARestart() {
    start(10, 300, Overload.BACKPRESSURE, Long.MAX_VALUE);
    for (int i = 0; i < 400; i++) {
      stream.next(message("stuck@b", "s" + i));
    }
    restart();
    for (int i = 0; i < 400; i++) {
      assertThat(begun).endsWith("s" + i);
      answerNothing("s" + i);
    }
    assertThat(spool().figures().depth()).isZero();
  }
}
