package io.stanzahook.spool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.Delivery;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.JournalContract;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** On a disk that writes when the test says. */
class DiskJournalTest extends JournalContract {
  private final Queue<Runnable> disk = new ArrayDeque<>();
  private @Nullable MemorySpool spool;

  @Override
  protected Journal open(Journal.Deliveries deliveries) {
    return DiskJournal.opener(
            listener -> {
              MemorySpool opened = new MemorySpool(Long.MAX_VALUE, 10, disk::add, listener);
              if (spool != null) {
                opened.takeOver(spool);
              }
              spool = opened;
              return opened;
            },
            "gw.localhost",
            Runnable::run,
            clock,
            UnaryOperator.identity(),
            count -> {})
        .open(deliveries);
  }

  @Override
  protected void settleDown() {
    for (Runnable task = disk.poll(); task != null; task = disk.poll()) {
      task.run();
    }
  }

  @Test
  void nothingIsBroughtForthBeforeItIsOnDisk() {
    keep("a@b", "1");
    journal.exit().handOn(10);
    assertThat(forth).isEmpty();
    handOn();
    assertThat(ids()).containsExactly("1");
  }

  @Test
  void noMoreThanThereIsRoomFor_theOthersStayOnDisk() {
    for (int i = 0; i < 2000; i++) {
      keep("u" + i + "@b", "" + i);
    }
    settleDown();
    for (int i = 0; i < 2000; i += 100) {
      assertThat(forth).hasSize(i);
      while (forth.size() < i + 100) {
        journal.exit().handOn(i + 100 - forth.size());
        settleDown();
      }
    }
    assertThat(ids()).doesNotHaveDuplicates();
    assertThat(forth).extracting(Delivery::position).isSorted();
  }

  @Test
  void aDiskThatFailsHoldsUpWhatComes_andNobodyWaitsForIt() {
    List<String> steps = new ArrayList<>();
    failWith(new SpoolException("no space left"));
    keep("a@b", "1");
    journal.entrance().onceSafe(() -> steps.add("safe"), () -> steps.add("otherwise"));
    settleDown();
    keep("a@b", "2");
    assertThat(steps).containsExactly("otherwise");
    assertThat(journal.entrance().room()).isZero();
    assertThat(journal.entrance().unsafe()).isEqualTo(2);
    failWith(null);
    time.advanceTimeBy(Duration.ofSeconds(2));
    handOn();
    assertThat(ids()).containsExactly("1", "2");
    assertThat(journal.entrance().room()).isPositive();
  }

  @Test
  void whatNeverGotToTheDiskIsGivenBack() {
    failWith(new SpoolException("no space left"));
    keep("a@b", "1");
    settleDown();
    List<String> given = new ArrayList<>();
    journal.entrance().giveBack(stanza -> given.add(String.valueOf(stanza.id())));
    assertThat(given).containsExactly("1");
    assertThat(journal.entrance().unsafe()).isZero();
  }

  private void failWith(@Nullable SpoolException cause) {
    requireNonNull(spool).failWith(cause);
  }
}
