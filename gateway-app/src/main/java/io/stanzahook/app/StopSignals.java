package io.stanzahook.app;

import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGTERM and SIGINT into a request to stop. Those that follow within {@link #ONE_ORDER} of
 * the first are the same order: {@code timeout(1)} signals a process and then its group, and
 * supervisors a process and then all of its control group. One that comes later ends the process at
 * once. SIGHUP may be given another meaning too.
 *
 * <p>Why not a shutdown hook: the JVM then ends with 143 (or 130) whatever the hook does, short of
 * halting in it, and a second signal is not seen any more. So the JVM's own handlers are replaced.
 * Their class, {@code sun.misc.Signal}, is supported (module jdk.unsupported, JEP 260) but makes
 * javac warn in a way that cannot be suppressed: hence reflection.
 */
final class StopSignals {
  /** What comes so soon after the first signal says nothing new. */
  static final Duration ONE_ORDER = Duration.ofSeconds(1);

  private static final List<String> NAMES = List.of("TERM", "INT");

  private final CompletableFuture<String> first = new CompletableFuture<>();
  private final LongSupplier nanos;
  private final PrintStream err;
  private final Runnable end;

  /** When the first came, by {@link #nanos}; means nothing before {@link #first} is done. */
  private long firstAt;

  private boolean repeated;

  /**
   * No signal came yet.
   *
   * @param nanos a clock as {@link System#nanoTime}
   * @param end ends the process at once
   */
  StopSignals(LongSupplier nanos, PrintStream err, Runnable end) {
    this.nanos = nanos;
    this.err = err;
    this.end = end;
  }

  /** Completes with the first signal's name, once it came. */
  CompletableFuture<String> first() {
    return first;
  }

  /** A signal came. Any thread may call it. */
  synchronized void came(String name) {
    if (!first.isDone()) {
      firstAt = nanos.getAsLong();
      first.complete(name);
    } else if (nanos.getAsLong() - firstAt >= ONE_ORDER.toNanos()) {
      err.println("a second signal: stopping at once");
      end.run();
    } else if (!repeated) {
      repeated = true;
      err.println(
          name
              + " so soon after the first signal counts as the same signal; send it again to "
              + "stop at once");
    }
  }

  /**
   * Installs the handlers.
   *
   * @return completes with the first signal's name, once it came
   */
  static CompletableFuture<String> install(PrintStream err) {
    StopSignals signals =
        new StopSignals(
            System::nanoTime, err, () -> Runtime.getRuntime().halt(ExitCode.FAILED.code()));
    for (String name : NAMES) {
      try {
        handle(name, () -> signals.came("SIG" + name));
      } catch (ReflectiveOperationException e) {
        // Under -Xrs, or on a JVM without that class: the signal then ends the process undrained.
        LoggerFactory.getLogger(StopSignals.class)
            .warn("SIG{} will stop the gateway without draining: {}", name, e.toString());
      }
    }
    return signals.first();
  }

  /** Has the action done at each SIGHUP, on a thread of the JVM's, in place of ending. */
  static void onHangup(Runnable action) {
    try {
      handle("HUP", action);
    } catch (ReflectiveOperationException e) {
      LoggerFactory.getLogger(StopSignals.class)
          .warn("SIGHUP will not reload the configuration: {}", e.toString());
    }
  }

  private static void handle(String name, Runnable action) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    InvocationHandler calls =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> arguments != null && proxy == arguments[0];
              default -> "handler of SIG" + name;
            };
    Object proxy =
        Proxy.newProxyInstance(StopSignals.class.getClassLoader(), new Class<?>[] {handler}, calls);
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
  }
}
