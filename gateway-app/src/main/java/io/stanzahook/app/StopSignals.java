package io.stanzahook.app;

import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGTERM and SIGINT into a request to stop; a second one ends the process at once. SIGHUP
 * may be given another meaning too.
 *
 * <p>Why not a shutdown hook: the JVM then ends with 143 (or 130) whatever the hook does, short of
 * halting in it, and a second signal is not seen any more. So the JVM's own handlers are replaced.
 * Their class, {@code sun.misc.Signal}, is supported (module jdk.unsupported, JEP 260) but makes
 * javac warn in a way that cannot be suppressed: hence reflection.
 */
final class StopSignals {
  private static final List<String> NAMES = List.of("TERM", "INT");

  private StopSignals() {}

  /**
   * Installs the handlers.
   *
   * @return completes with the first signal's name, once it came
   */
  static CompletableFuture<String> install(PrintStream err) {
    CompletableFuture<String> first = new CompletableFuture<>();
    for (String name : NAMES) {
      try {
        handle(
            name,
            () -> {
              if (!first.complete("SIG" + name)) {
                err.println("a second signal: ending at once");
                Runtime.getRuntime().halt(ExitCode.FAILED.code());
              }
            });
      } catch (ReflectiveOperationException e) {
        // Under -Xrs, or on a JVM without that class: the signal then ends the process undrained.
        LoggerFactory.getLogger(StopSignals.class)
            .warn("SIG{} will end the gateway without draining: {}", name, e.toString());
      }
    }
    return first;
  }

  /** Has the action done at each SIGHUP, on a thread of the JVM's, in place of ending. */
  static void onHangup(Runnable action) {
    try {
      handle("HUP", action);
    } catch (ReflectiveOperationException e) {
      LoggerFactory.getLogger(StopSignals.class)
          .warn("SIGHUP will not have the configuration read again: {}", e.toString());
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
