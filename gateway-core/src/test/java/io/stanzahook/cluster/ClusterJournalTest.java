package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.Delivery;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.JournalContract;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** On a log that replicates when the test says. */
class ClusterJournalTest extends JournalContract {
  private final MemoryLog log = new MemoryLog();

  @Override
  protected Journal open(Journal.Deliveries deliveries) {
    log.reopen();
    return ClusterJournal.opener("gw.localhost", log, Runnable::run, clock, Duration.ofMinutes(1))
        .open(deliveries);
  }

  @Override
  protected void settleDown() {
    log.settleDown();
  }

  @Test
  void nothingIsBroughtForthBeforeItIsReplicated() {
    keep("a@b", "1");
    journal.exit().handOn(10);
    assertThat(forth).isEmpty();
    handOn();
    assertThat(ids()).containsExactly("1");
  }

  @Test
  void iqsWaitForWhatCameBefore_notForWhatComesAfter() {
    List<String> steps = new ArrayList<>();
    keep("a@b", "1");
    journal.entrance().onceSafe(() -> steps.add("safe"), () -> steps.add("otherwise"));
    log.hold(true);
    keep("a@b", "2");
    assertThat(steps).isEmpty();
    log.acknowledge(1);
    assertThat(steps).containsExactly("safe");
    log.hold(false);
  }

  @Test
  void whileTheLogIsFullNothingMoreIsTakenIn() {
    assertThat(journal.entrance().room()).isPositive();
    log.full(true);
    assertThat(journal.entrance().room()).isZero();
  }

  @Test
  void whatItMayNotBeginIsLetGo_andComesAgain() {
    keep("a@b", "1");
    handOn();
    Delivery delivery = forth.get(0);
    log.certain(false);
    assertThat(journal.exit().mayBegin(delivery)).isFalse();
    log.certain(true);
    assertThat(journal.exit().mayBegin(delivery)).isFalse();
    assertThat(log.held()).isZero();
    forth.clear();
    log.takeAgain();
    handOn();
    assertThat(ids()).containsExactly("1");
    assertThat(journal.exit().mayBegin(forth.get(0))).isTrue();
  }

  @Test
  void anAnswerSaysWhatItAnswers_andANoticeDoesNot() {
    keep("a@b", "1");
    handOn();
    List<OutboundStanza> stanzas =
        List.of(
            OutboundStanza.of(
                XmlElement.builder("jabber:component:accept", "message")
                    .attribute("to", "a@b")
                    .attribute("from", "bot@gw.localhost")
                    .build()));
    for (boolean answer : new boolean[] {false, true}) {
      journal.exit().send(stanzas, forth.get(0), answer, unused -> Mono.never()).subscribe();
    }
    settleDown();
    assertThat(log.answered()).containsExactly("", "w1");
    assertThat(log.replies()).hasSize(2);
  }

  @Test
  void whatHasAnotherOwnerIsDroppedBeforeItIsBroughtForth() {
    keep("a@b", "1");
    settleDown();
    Ownership ownership = log.ownership();
    log.listener().lost(Set.of(ownership));
    journal.exit().handOn(10);
    assertThat(forth).isEmpty();
    assertThat(log.held()).isZero();
  }
}
