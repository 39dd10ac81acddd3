package io.stanzahook.app.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Closes what a test or its class uses, last first. Where a test fails, it adds the end of each
 * fixture's log to the failure and keeps the whole logs under {@code target/interop}.
 */
final class Bed
    implements AfterEachCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  private static final int SHOWN_LINES = 40;
  private static final Path KEPT = Path.of("target", "interop");

  private final Deque<Fixture> ofTheTest = new ArrayDeque<>();
  private final Deque<Fixture> ofTheClass = new ArrayDeque<>();

  /** Takes charge of a fixture until the running test's end. */
  <F extends Fixture> F use(F fixture) {
    ofTheTest.push(fixture);
    return fixture;
  }

  /** Takes charge of a fixture until the class's last test has ended. */
  <F extends Fixture> F share(F fixture) {
    ofTheClass.push(fixture);
    return fixture;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(context, failure);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(context, failure);
  }

  private Throwable withLogs(ExtensionContext context, Throwable failure) {
    for (Deque<Fixture> fixtures : List.of(ofTheTest, ofTheClass)) {
      for (Fixture fixture : fixtures) {
        failure.addSuppressed(new FixtureLog(keep(context, fixture), tail(fixture.log())));
      }
    }
    return failure;
  }

  private static Path keep(ExtensionContext context, Fixture fixture) {
    String test = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
    Path file =
        KEPT.resolve(test.replaceAll("[^A-Za-z0-9.]+", "_"))
            .resolve(fixture.name() + "-" + System.identityHashCode(fixture) + ".log");
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, fixture.log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(String log) {
    List<String> lines = log.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    closeAll(ofTheTest);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    closeAll(ofTheClass);
  }

  private static void closeAll(Deque<Fixture> fixtures) {
    RuntimeException first = null;
    while (!fixtures.isEmpty()) {
      try {
        fixtures.pop().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** The end of a fixture's log, in a failed test's report. */
  private static final class FixtureLog extends Exception {
    private static final long serialVersionUID = 1L;

    FixtureLog(Path file, String tail) {
      super("the end of " + file + ":\n" + tail, null, false, false);
    }
  }
}
