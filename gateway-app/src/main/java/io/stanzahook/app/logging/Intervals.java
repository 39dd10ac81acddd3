package io.stanzahook.app.logging;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The intervals of the log's sums. Each ends after its time, and all of them end with the program,
 * so that their sums are logged and not lost.
 *
 * <p>Any thread may call it.
 */
public final class Intervals implements AutoCloseable {
  private final Scheduler scheduler;

  /** One a gate at most: a gate begins an interval when the last one is over. */
  private final Set<Interval> running = ConcurrentHashMap.newKeySet();

  /** None runs yet. */
  public Intervals() {
    this(Schedulers.parallel());
  }

  Intervals(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Runs that once, after so long or when this is closed. */
  void begin(Duration length, Runnable end) {
    Interval interval = new Interval(end);
    running.add(interval);
    scheduler.schedule(interval, length.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends all that run. Returns once they have ended, also those whose time just came. */
  @Override
  public void close() {
    List.copyOf(running).forEach(Interval::run);
  }

  private final class Interval implements Runnable {
    private final Runnable end;
    private boolean over;

    private Interval(Runnable end) {
      this.end = end;
    }

    @Override
    public synchronized void run() {
      if (!over) {
        over = true;
        end.run();
        running.remove(this);
      }
    }
  }
}
