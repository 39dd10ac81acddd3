package io.stanzahook.delivery;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Time and chance, as a dispatcher knows them; tests pass virtual ones.
 *
 * @param nanoTime as {@link System#nanoTime}
 * @param millis the time of day, as {@link System#currentTimeMillis}
 * @param scheduler for what is to happen later
 * @param random numbers from 0 to less than 1, to spread what would happen at the same time
 */
public record DispatchClock(
    LongSupplier nanoTime, LongSupplier millis, Scheduler scheduler, DoubleSupplier random) {
  /** The machine's. */
  public static DispatchClock system() {
    return new DispatchClock(
        System::nanoTime,
        System::currentTimeMillis,
        Schedulers.parallel(),
        () -> ThreadLocalRandom.current().nextDouble());
  }
}
