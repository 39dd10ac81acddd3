package io.stanzahook.app.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.hooks.Replays.Verdict;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReplaysTest {
  private static final long WINDOW = Replays.WINDOW.toSeconds();
  private long now = 1_000_000;
  private final Replays replays = new Replays(() -> Instant.ofEpochSecond(now), 3);

  @Test
  void timesAreRightUpToTheWindowBothWays() {
    assertThat(replays.isInWindow(now - WINDOW)).isTrue();
    assertThat(replays.isInWindow(now + WINDOW)).isTrue();
    assertThat(replays.isInWindow(now - WINDOW - 1)).isFalse();
    assertThat(replays.isInWindow(now + WINDOW + 1)).isFalse();
    assertThat(replays.isInWindow(0)).isFalse();
  }

  @Test
  void anIdIsTakenOnceAsLongAsItsTimeIsRight() {
    assertThat(replays.take("a", "1", now + WINDOW)).isEqualTo(Verdict.TAKEN);
    assertThat(replays.take("b", "1", now)).isEqualTo(Verdict.TAKEN);
    now += 2 * WINDOW;
    assertThat(replays.isInWindow(now - WINDOW)).isTrue();
    assertThat(replays.take("a", "1", now - WINDOW)).isEqualTo(Verdict.SEEN);
    assertThat(replays.take("b", "1", now)).isEqualTo(Verdict.TAKEN);
    now++;
    assertThat(replays.take("a", "1", now)).isEqualTo(Verdict.TAKEN);
  }

  @Test
  void whatWasRefusedMayComeAgain() {
    assertThat(replays.take("a", "1", now)).isEqualTo(Verdict.TAKEN);
    replays.forget("a", "1");
    replays.forget("a", "1");
    assertThat(replays.take("a", "1", now + 1)).isEqualTo(Verdict.TAKEN);
    assertThat(replays.take("a", "1", now + 1)).isEqualTo(Verdict.SEEN);
    now += WINDOW + 1;
    assertThat(replays.take("a", "1", now)).isEqualTo(Verdict.SEEN);
  }

  @Test
  void noneIsForgottenForOthers() {
    for (String id : new String[] {"1", "2", "3"}) {
      assertThat(replays.take("a", id, now)).isEqualTo(Verdict.TAKEN);
    }
    assertThat(replays.take("a", "4", now)).isEqualTo(Verdict.FULL);
    assertThat(replays.take("a", "1", now)).isEqualTo(Verdict.SEEN);
    now += WINDOW + 1;
    assertThat(replays.take("a", "4", now)).isEqualTo(Verdict.TAKEN);
  }
}
