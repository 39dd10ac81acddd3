package io.stanzahook.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails a test run, even one whose tests all passed, in which a buffer was leaked or an event loop
 * was blocked: both are often noticed only after the test that caused them, or swallowed by it.
 *
 * <p>Registered as a service, so that it is there in every test JVM that has this class on its
 * path. It must come before any class of Netty, whose leak detectors are made as classes are
 * initialised.
 */
public final class RunGuard implements LauncherSessionListener {
  private static final Pattern RUNNER =
      Pattern.compile(
          "^\\s+(at )?(java\\.base/(jdk\\.internal|java\\.lang)\\.reflect|org\\.junit|org\\.apache\\.maven)\\.");

  /** As much of a leak's records as holds the last of them, which says where it was created. */
  private static final int LEAK_LINES = 300;

  /** As much of a call's trace as holds our own code. */
  private static final int CALL_LINES = 40;

  /** A system property of Maven's own JVM, which only lists the tests, for other JVMs to run. */
  private static final String MAVEN = "maven.home";

  private final @Nullable LeakRecorder leaks;
  private final @Nullable BlockingRecorder blocking;

  /** Guards this JVM. */
  public RunGuard() {
    this(
        isMaven() ? null : LeakRecorder.installed(),
        isMaven() ? null : BlockingRecorder.installed());
  }

  RunGuard(@Nullable LeakRecorder leaks, @Nullable BlockingRecorder blocking) {
    this.leaks = leaks;
    this.blocking = blocking;
  }

  private static boolean isMaven() {
    return System.getProperty(MAVEN) != null;
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (leaks == null || blocking == null) {
      return;
    }
    List<String> problems = new ArrayList<>();
    for (String leak : leaks.drain()) {
      problems.add(
          "LEAK: a buffer or other counted resource was never released: "
              + shortened(leak, LEAK_LINES));
    }
    for (String call : blocking.drain()) {
      problems.add("BLOCKED: a thread that must not block did: " + shortened(call, CALL_LINES));
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(
          problems.size()
              + " fault(s) found while the tests ran, whatever their results:\n\n"
              + String.join("\n\n", problems));
    }
  }

  /** The text without the frames of those who run tests, which only hide the others. */
  private static String shortened(String trace, int lines) {
    return trace
        .lines()
        .filter(line -> !RUNNER.matcher(line).find())
        .limit(lines)
        .collect(Collectors.joining("\n"));
  }
}
