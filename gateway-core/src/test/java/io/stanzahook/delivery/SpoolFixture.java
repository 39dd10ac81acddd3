package io.stanzahook.delivery;

import static java.util.Objects.requireNonNull;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.settings.Settings;
import io.stanzahook.spool.MemorySpool;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.test.publisher.TestPublisher;

/** A dispatcher with a spool whose disk does what the test says. */
abstract class SpoolFixture extends DispatcherFixture {
  private final Queue<Runnable> disk = new ArrayDeque<>();
  boolean diskHolds;
  private @Nullable MemorySpool spool;
  @Nullable Dispatcher dispatcher;
  TestPublisher<Stanza> stream = TestPublisher.create();

  private final Executor onDisk =
      task -> {
        if (diskHolds) {
          disk.add(task);
        } else {
          task.run();
        }
      };

  void start(int concurrency, int queue, Overload overload, long limit) {
    startWithoutStream(concurrency, queue, overload, limit);
    stream = start(requireNonNull(dispatcher));
  }

  void startWithoutStream(int concurrency, int queue, Overload overload, long limit) {
    dispatcher =
        spooled(
            Settings.with(
                settings(concurrency, queue, overload),
                "retry",
                Settings.with(RetrySettings.DEFAULT, "retry-for", Duration.ofDays(3))),
            listener -> {
              MemorySpool opened = new MemorySpool(limit, 10, onDisk, listener);
              MemorySpool before = spool;
              if (before != null) {
                opened.takeOver(before);
              }
              spool = opened;
              return opened;
            });
  }

  void start() {
    start(10, 100, Overload.BACKPRESSURE, Long.MAX_VALUE);
  }

  /** As after a crash: all that was in memory is forgotten. */
  void restart() {
    calls.clear();
    begun.clear();
    start();
  }

  MemorySpool spool() {
    return requireNonNull(spool);
  }

  void diskWrites() {
    diskHolds = false;
    for (Runnable task = disk.poll(); task != null; task = disk.poll()) {
      task.run();
    }
  }

  void after(Duration time) {
    this.time.advanceTimeBy(time);
  }

  List<DeadLetter> dead() {
    return requireNonNull(spool().newest(Long.MAX_VALUE, 100).block());
  }
}
