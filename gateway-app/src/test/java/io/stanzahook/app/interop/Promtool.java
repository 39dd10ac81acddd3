package io.stanzahook.app.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prometheus' own checker, from the Debian package. */
final class Promtool {
  private static final int LIMIT_SECONDS = 180;

  private Promtool() {}

  /**
   * Runs it to its end.
   *
   * @return nothing where all is well; else what it wrote
   */
  static String run(Path folder, String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of(ChildProcess.onPath("promtool")));
    command.addAll(Arrays.asList(arguments));
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String written = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end");
      }
      return process.exitValue() == 0
          ? ""
          : command + " ended with " + process.exitValue() + ":\n" + written;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
