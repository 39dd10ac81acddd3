package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private final AtomicLong time = new AtomicLong();
  private final Silence silence = new Silence(time::get);

  private void after(int seconds) {
    time.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private boolean covers(int idleSeconds) {
    return silence.covers(Duration.ofSeconds(idleSeconds).toMillis());
  }

  @Test
  void connectionsAreUsedAgain_whileAnswersCome() {
    after(100);
    assertThat(covers(0)).isFalse();
    assertThat(covers(49)).isFalse();
  }

  @Test
  void whereNothingAnswers_noConnectionFromBeforeIsUsedAgain() {
    after(100);
    silence.broken();
    long began = time.get();
    after(1);
    silence.broken();
    after(29);
    silence.noticed(began);
    after(1);
    assertThat(covers(2)).as("released just before").isTrue();
    assertThat(covers(30)).isTrue();
    assertThat(covers(1)).as("one that was opened since").isFalse();
  }

  @Test
  void whereOthersAreAnswered_theirConnectionsAreUsedAgain() {
    after(100);
    long began = time.get();
    after(29);
    silence.broken();
    after(1);
    silence.noticed(began);
    assertThat(covers(1)).isFalse();
    assertThat(covers(29)).isFalse();
    assertThat(covers(31)).as("idle since before that call").isTrue();
  }

  @Test
  void anOlderCallChangesNothingOfWhatIsKnown() {
    after(100);
    silence.noticed(0);
    after(10);
    silence.broken();
    silence.noticed(0);
    assertThat(covers(9)).isFalse();
    assertThat(covers(11)).isTrue();
  }
}
