package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class InboxTest {
  private static final Stanza SMALL = Stanzas.of("<message from='a@b' to='bot@gw.localhost'/>");

  private static Stanza large(int bytes) {
    return Stanzas.of(
        "<message from='a@b' to='bot@gw.localhost'><body>%s</body></message>"
            .formatted("x".repeat(bytes)));
  }

  @Test
  void goesOutAsItIsAskedFor() {
    Inbox inbox = new Inbox();
    int[] told = new int[1];
    StepVerifier.create(inbox.stanzas(), 0)
        .then(() -> inbox.onDemand(() -> told[0]++))
        .then(() -> inbox.put(SMALL))
        .then(() -> inbox.put(SMALL))
        .then(() -> assertThat(inbox.demand()).isEqualTo(-2))
        .thenRequest(1)
        .expectNextCount(1)
        .then(() -> assertThat(inbox.demand()).isEqualTo(-1))
        .thenRequest(3)
        .expectNextCount(1)
        .then(() -> assertThat(inbox.demand()).isEqualTo(2))
        .then(() -> assertThat(told[0]).isEqualTo(2))
        .thenRequest(Long.MAX_VALUE)
        .then(() -> inbox.put(SMALL))
        .expectNextCount(1)
        .then(() -> assertThat(inbox.demand()).isEqualTo(Long.MAX_VALUE))
        .thenCancel()
        .verify();
  }

  @Test
  void isBoundedInNumber() {
    Inbox inbox = new Inbox();
    int count = 0;
    while (inbox.put(SMALL)) {
      count++;
    }
    assertThat(count).isBetween(Inbox.MOST, Inbox.MOST + 1);
  }

  @Test
  void isBoundedInBytes() {
    Inbox inbox = new Inbox();
    Stanza large = large(400_000);
    long bytes = 0;
    while (inbox.put(large)) {
      bytes += large.xml().length();
    }
    assertThat(bytes).isBetween(Inbox.MOST_BYTES - large.xml().length(), Inbox.MOST_BYTES);

    StepVerifier.create(inbox.stanzas(), 1_000)
        .expectNextCount(bytes / large.xml().length())
        .then(() -> assertThat(inbox.put(large)).as("there is demand again").isTrue())
        .expectNextCount(1)
        .thenCancel()
        .verify();
  }
}
