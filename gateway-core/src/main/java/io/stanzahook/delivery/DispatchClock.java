package io.stanzahook.delivery;

import java.util.function.LongSupplier;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The times a dispatcher goes by; tests hand in virtual ones.
 *
 * @param nanoTime as {@link System#nanoTime}
 * @param millis the time of day, as {@link System#currentTimeMillis}
 * @param scheduler for what is to happen later
 */
public record DispatchClock(LongSupplier nanoTime, LongSupplier millis, Scheduler scheduler) {
  /** The machine's. */
  public static DispatchClock system() {
    return new DispatchClock(System::nanoTime, System::currentTimeMillis, Schedulers.parallel());
  }
}
