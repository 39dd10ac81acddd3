package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.test.StepVerifier;

/** Conformance A17. */
class OutboundQueueTest {
  private static final OutboundStanza STANZA =
      OutboundStanza.of(
          OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of("a@b"), Jid.of("gw")).build());

  @Test
  void keepsOrderAndTellsTheListener() {
    OutboundQueue queue = new OutboundQueue("gw", 10, Duration.ofMinutes(1));
    int[] told = new int[1];
    queue.onOffer(() -> told[0]++);
    queue.send(List.of(STANZA, STANZA)).subscribe();
    queue.send(List.of(STANZA)).subscribe();
    assertThat(told[0]).isEqualTo(2);
    assertThat(queue.poll().stanzas()).hasSize(2);
    assertThat(queue.poll().stanzas()).hasSize(1);
    assertThat(queue.poll()).isNull();
  }

  @Test
  void isBoundedByStanzas() {
    OutboundQueue queue = new OutboundQueue("gw", 2, Duration.ofMinutes(1));
    queue.send(List.of(STANZA, STANZA)).subscribe();
    StepVerifier.create(queue.send(List.of(STANZA)))
        .verifyErrorSatisfies(
            e -> assertThat(e).isInstanceOf(NotSentException.class).hasMessageContaining("gw: 2"));
    queue.poll();
    queue.send(List.of(STANZA, STANZA)).subscribe();
    assertThat(queue.poll().stanzas()).hasSize(2);
  }

  @Test
  void a17_whatIsTooOldIsGivenUp() {
    OutboundQueue queue = new OutboundQueue("gw", 10, Duration.ofNanos(-1));
    StepVerifier.create(queue.send(List.of(STANZA)))
        .then(queue::dropAged)
        .verifyErrorSatisfies(e -> assertThat(e).hasMessageContaining("away"));
    assertThat(queue.isEmpty()).isTrue();
    OutboundQueue patient = new OutboundQueue("gw", 10, Duration.ofHours(1));
    patient.send(List.of(STANZA)).subscribe();
    patient.dropAged();
    assertThat(patient.isEmpty()).isFalse();
  }

  @Test
  void whatMayWaitLongerIsKept_andWhatIsBehindItIsNot() {
    OutboundQueue queue = new OutboundQueue("gw", 10, Duration.ofNanos(-1));
    List<String> told = new ArrayList<>();
    queue
        .send(List.of(STANZA, STANZA), Duration.ofMillis(Long.MAX_VALUE))
        .subscribe(done -> {}, error -> told.add("long"));
    queue.send(List.of(STANZA)).subscribe(done -> {}, error -> told.add("usual"));
    queue.dropAged();
    assertThat(told).containsExactly("usual");
    assertThat(queue.poll().stanzas()).hasSize(2);
    assertThat(queue.poll()).isNull();
  }

  @Test
  void theEndGivesUpAll() {
    OutboundQueue queue = new OutboundQueue("gw", 10, Duration.ofHours(1));
    StepVerifier.create(queue.send(List.of(STANZA)))
        .then(queue::dropAll)
        .verifyError(NotSentException.class);
    StepVerifier.create(queue.send(List.of(STANZA)))
        .as("afterwards, too")
        .verifyError(NotSentException.class);
  }

  @Test
  void whatWaitsIsGivenUpWhenAnotherProcessHasTheStream_andWhatComesLaterIsNot() {
    OutboundQueue queue = new OutboundQueue("gw", 2, Duration.ofHours(1));
    StepVerifier.create(queue.send(List.of(STANZA, STANZA)))
        .then(queue::dropWaiting)
        .verifyErrorSatisfies(e -> assertThat(e).hasMessageContaining("does not hold the stream"));
    queue.send(List.of(STANZA, STANZA)).subscribe();
    assertThat(queue.poll().stanzas()).hasSize(2);
  }

  @Test
  void nothingToSendIsDone() {
    StepVerifier.create(new OutboundQueue("gw", 1, Duration.ZERO).send(List.of())).verifyComplete();
  }

  @Test
  void aWriterThatCannotBeWokenIsAnErrorThatIsToldOnce() {
    OutboundQueue queue = new OutboundQueue("gw", 10, Duration.ofHours(1));
    queue.onOffer(
        () -> {
          throw new RejectedExecutionException("the loop has ended");
        });

    List<Throwable> told = new ArrayList<>();
    queue
        .send(List.of(STANZA))
        .subscribe(
            new CoreSubscriber<Void>() {
              @Override
              public void onSubscribe(Subscription subscription) {}

              @Override
              public void onNext(Void none) {}

              @Override
              public void onError(Throwable error) {
                told.add(error);
              }

              @Override
              public void onComplete() {}
            });
    queue.dropAll();

    assertThat(told).singleElement().isInstanceOf(RejectedExecutionException.class);
    assertThat(queue.isEmpty()).isTrue();
  }
}
