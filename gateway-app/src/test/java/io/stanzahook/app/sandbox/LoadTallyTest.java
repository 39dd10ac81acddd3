package io.stanzahook.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadTallyTest {
  private final AtomicLong now = new AtomicLong(-5);

  @Test
  void countsEachMessageOnce() {
    LoadTally tally = new LoadTally(100, 1000, now::get);
    tally.begin();
    tally.reply("0", false);
    tally.reply("99", false);
    tally.reply("33", true);
    tally.nothing(true);
    tally.nothing(false);
    tally.reply("0", false);
    tally.reply("33", false);
    tally.reply("100", false);
    tally.reply("-1", false);
    tally.reply("desktop", false);
    tally.reply(null, false);

    LoadSummary summary = tally.summary(100);
    assertThat(tally.done()).isEqualTo(5);
    assertThat(summary.answered()).isEqualTo(2);
    assertThat(summary.errors()).isEqualTo(2);
    assertThat(summary.silent()).isEqualTo(1);
    assertThat(summary.surplus()).isEqualTo(6);
    assertThat(summary.lost()).isEqualTo(95);
    assertThat(summary.latencies().getTotalCount()).isEqualTo(2);
    assertThat(summary.later().getTotalCount()).isEqualTo(1);
    assertThat(summary.isComplete()).isFalse();
    assertThat(summary.text())
        .contains("answered    2 in ")
        .contains("errors      2")
        .contains("no reply    1, as the webhook wanted")
        .contains("surplus     6 stanzas")
        .contains("lost        95");
  }

  @Test
  void messagesAreDueOnSchedule() {
    LoadTally tally = new LoadTally(10, 4, now::get);
    tally.begin();
    assertThat(tally.due(4) - tally.due(0)).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(tally.dueNow()).isEqualTo(1);
    now.addAndGet(Duration.ofMillis(250).toNanos());
    assertThat(tally.dueNow()).isEqualTo(2);
    now.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(tally.dueNow()).isEqualTo(10);
  }

  @Test
  void latencyCountsFromTheMomentAMessageWasDue() {
    LoadTally tally = new LoadTally(3, 1, now::get);
    tally.begin();
    now.addAndGet(Duration.ofMillis(1500).toNanos());
    // However late it was sent: the first was due at once, the second a second later.
    tally.reply("0", false);
    tally.reply("1", false);
    LoadSummary summary = tally.summary(2);
    assertThat(summary.latencies().getCountAtValue(1_500_000)).isEqualTo(1);
    assertThat(summary.latencies().getCountAtValue(500_000)).isEqualTo(1);
    assertThat(summary.nanos()).isEqualTo(Duration.ofMillis(1500).toNanos());
    assertThat(summary.text()).contains("answered    2 in 1.50 s, 1.3/s");
    assertThat(summary.lost()).isEqualTo(1);
  }

  @Test
  void isCompleteWhereAllAreAnswered() {
    LoadTally tally = new LoadTally(2, 1000, now::get);
    tally.begin();
    tally.reply("1", false);
    assertThat(tally.summary(2).isComplete()).isFalse();
    tally.reply("0", false);
    assertThat(tally.summary(2).isComplete()).isTrue();
    assertThat(tally.summary(2).text()).contains("lost        0").contains("later half");
  }
}
