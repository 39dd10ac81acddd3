package io.stanzahook.app.interop;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program run by a test: its output collected, ended by its process id. */
final class ChildProcess implements AutoCloseable {
  private static final Duration END_LIMIT = Patience.LONG;

  private final String name;
  private final Process process;
  private final Writer input;
  private final Lines log = new Lines();
  private final Thread outputReader;
  private final Thread errorReader;

  private ChildProcess(
      String name, Path folder, List<String> command, @Nullable Consumer<String> onOutput) {
    requireInstalled(Path.of(command.get(0)));
    this.name = name;
    try {
      process = new ProcessBuilder(command).directory(folder.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be started", e);
    }
    input = process.outputWriter(StandardCharsets.UTF_8);
    outputReader = reader(process.getInputStream(), onOutput == null ? log::add : onOutput);
    errorReader = reader(process.getErrorStream(), log::add);
  }

  /** Starts a program all of whose output is log. */
  static ChildProcess start(String name, Path folder, List<String> command) {
    return new ChildProcess(name, folder, command, null);
  }

  /** Starts a program whose standard output goes line by line to a consumer. */
  static ChildProcess start(
      String name, Path folder, List<String> command, Consumer<String> onOutput) {
    return new ChildProcess(name, folder, command, onOutput);
  }

  /** Runs a program to its end and gives its output. */
  static String run(String name, Path folder, List<String> command, Duration limit) {
    try (ChildProcess child = start(name, folder, command)) {
      int code = child.awaitExit(limit);
      if (code != 0) {
        throw new IllegalStateException(command + " ended with " + code + ":\n" + child.log());
      }
      return child.log();
    }
  }

  /** A missing program is a failure that names the remedy, never a skipped test. */
  static void requireInstalled(Path program) {
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(
          program + " is missing: scripts/test installs the programs that these tests run");
    }
  }

  /** Where a program lies that is not always in the same folder. */
  static String onPath(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(folder, program);
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    throw new IllegalStateException(
        program + " is missing: scripts/test installs the programs that these tests run");
  }

  private static Thread reader(InputStream stream, Consumer<String> onLine) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  onLine.accept(line);
                }
              } catch (IOException ended) {
                // The process was killed: its stream ends like this.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /**
   * Waits until it serves.
   *
   * @throws AssertionError with its log if it ends before, or after the limit
   */
  void awaitReady(Duration limit, BooleanSupplier ready) {
    Await.until(
        name + " is ready",
        limit,
        () -> {
          if (!isAlive()) {
            throw new AssertionError(name + " ended at its start:\n" + log());
          }
          return ready.getAsBoolean();
        });
  }

  /** Everything it wrote so far, but for output that goes to a consumer. */
  String log() {
    return log.toString();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The process and all its descendants, those that are alive. */
  List<ProcessHandle> family() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  /** Writes a line to its standard input. */
  void writeLine(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " takes no input any more:\n" + log(), e);
    }
  }

  /**
   * SIGTERM. By the handle: the process's own method closes its streams, and the end of its log
   * with them.
   */
  void terminate() {
    process.toHandle().destroy();
  }

  /** SIGKILL. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /**
   * Waits for the end, and until all output has been read.
   *
   * @return the exit code
   * @throws AssertionError after the limit
   */
  int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            name + " still runs after " + limit.toMillis() + " ms; it wrote:\n" + log());
      }
      outputReader.join(END_LIMIT.toMillis());
      errorReader.join(END_LIMIT.toMillis());
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end of " + name, e);
    }
  }

  /** Ends it: by SIGTERM, and where that does not help by SIGKILL, with its descendants. */
  @Override
  public void close() {
    List<ProcessHandle> family = family();
    terminate();
    if (!Await.holds(END_LIMIT, () -> family.stream().noneMatch(ProcessHandle::isAlive))) {
      family.forEach(ProcessHandle::destroyForcibly);
    }
    Await.until(
        "the end of " + name,
        END_LIMIT,
        () -> family.stream().noneMatch(ProcessHandle::isAlive) && !process.isAlive());
  }
}
