package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemorySpoolTest extends SpoolContract {
  private final ExecutorService disk = Executors.newSingleThreadExecutor();

  @Override
  Spool open(long limit, int maxDeadLetters) {
    return new MemorySpool(limit, maxDeadLetters, disk, told);
  }

  @AfterEach
  void stopDisk() {
    disk.shutdown();
  }

  @Test
  void theDiskIsAsSlowAsItsExecutor() {
    Queue<Runnable> tasks = new ArrayDeque<>();
    MemorySpool slow = new MemorySpool(NO_LIMIT, 10, tasks::add, told);
    slow.append(record("a"));
    slow.append(record("b"));
    assertThat(told.durable()).isZero();
    assertThat(tasks).hasSize(1);

    tasks.remove().run();
    assertThat(told.durable()).isEqualTo(2);
    assertThat(told.batches()).isEqualTo(1);
  }

  @Test
  void whatCannotBeWrittenIsForgottenUntilResumed() {
    MemorySpool failing = (MemorySpool) spool;
    append("a");
    SpoolException full = new SpoolException("the disk is full");
    failing.failWith(full);
    long first = spool.append(record("b"));
    assertThat(told.awaitFailure()).isSameAs(full);
    assertThat(told.failedFrom()).isEqualTo(first);
    spool.append(record("c"));
    assertThatThrownBy(() -> spool.deadLetters().redeliverAll(l -> true).block()).isSameAs(full);
    failing.failWith(null);
    spool.append(record("d"));
    spool.resume();
    append("e");

    assertThat(ids()).containsExactly("a", "e");
  }
}
