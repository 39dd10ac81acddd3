package io.stanzahook.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, for what only a process shows: exit codes, signals, the jar. */
final class ChildProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 180;

  private final Process process;
  private final Path out;
  private final Path err;

  private ChildProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts {@code java} with these arguments, in a clean environment with those variables. */
  static ChildProcess java(Map<String, String> environment, String... arguments)
      throws IOException {
    Path out = Files.createTempFile("stanzahook", ".out");
    Path err = Files.createTempFile("stanzahook", ".err");
    // A build that a shell started in the background hands on that it ignores SIGINT.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(TestJava.command());
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("STANZAHOOK_"));
    builder.environment().putAll(environment);
    return new ChildProcess(builder.start(), out, err);
  }

  /** Starts the shaded jar. */
  static ChildProcess jar(Map<String, String> environment, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("-jar", System.getProperty("stanzahook.jar")));
    all.addAll(Arrays.asList(arguments));
    return java(environment, all.toArray(String[]::new));
  }

  /** Writes that to its standard input. */
  void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Ends its standard input. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Waits for the end and gives the exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + PATIENCE_SECONDS + " s");
    }
    return process.exitValue();
  }

  /** Waits until stdout has a line with that text. */
  void awaitOut(String text) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!out().contains(text)) {
      boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
      if ((ended && !out().contains(text)) || System.nanoTime() > deadline) {
        throw new AssertionError("no '" + text + "' on stdout: " + out() + err());
      }
    }
  }

  /** Waits until stderr has a line with that text. */
  void awaitError(String text) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!err().contains(text)) {
      boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
      if ((ended && !err().contains(text)) || System.nanoTime() > deadline) {
        throw new AssertionError("no '" + text + "' on stderr: " + err());
      }
    }
  }

  /** Sends a signal, such as {@code TERM}. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("kill -" + name + " failed");
    }
  }

  /** Sends two signals at once, as near to each other as can be. */
  void signals(String one, String two) throws IOException, InterruptedException {
    String command = "kill -%s %d; kill -%s %d".formatted(one, process.pid(), two, process.pid());
    new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
  }

  /** Sends a signal again and again until the process has ended. */
  void signalUntilItEnds(String name) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    do {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still running after many SIG" + name);
      }
    } while (!process.waitFor(100, TimeUnit.MILLISECONDS));
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  List<String> errLines() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(err, StandardCharsets.UTF_8)) {
      return reader.lines().toList();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
