package io.stanzahook.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A short run of Jazzer in a JVM of its own, which its agent changes for good.
 *
 * @param exitCode zero where nothing was found
 * @param log what it printed
 * @param findings the inputs that showed faults
 */
record JazzerRun(int exitCode, String log, List<Path> findings) {
  private static final long PATIENCE_SECONDS = 900;

  /** Of the log, as much as holds a finding's stack trace. */
  private static final int LAST_LINES = 60;

  /**
   * Runs it to its end.
   *
   * @param folder where it may write
   * @param options those of libFuzzer, and folders of inputs
   */
  static JazzerRun of(Class<?> target, Path folder, List<String> options)
      throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(folder.resolve("corpus")).toAbsolutePath();
    Path log = folder.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dio.netty.leakDetection.level=paranoid",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                // As in scripts/fuzz.
                "--instrumentation_includes=io.stanzahook.**:com.fasterxml.aalto.**",
                "--instrumentation_excludes=io.stanzahook.fuzz.*",
                "--custom_hook_includes=none.**",
                "--reproducer_path=" + folder.toAbsolutePath(),
                "-artifact_prefix=" + folder.toAbsolutePath() + "/",
                "-seed=1",
                // Per input, class loading included: on a busy machine the first ones take long.
                "-timeout=600"));
    command.addAll(options);
    // The first folder is the one that it adds to.
    command.add(command.size() - folders(options), corpus.toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("Jazzer is still running after " + PATIENCE_SECONDS + " s");
      }
    } finally {
      process.destroyForcibly();
    }
    return new JazzerRun(
        process.exitValue(), Files.readString(log, StandardCharsets.ISO_8859_1), found(folder));
  }

  private static int folders(List<String> options) {
    return (int) options.stream().filter(option -> !option.startsWith("-")).count();
  }

  private static List<Path> found(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|leak)-.*"))
          .toList();
    }
  }

  /** What a person needs to go on: the faults, their inputs, and where those are. */
  String report() throws IOException {
    StringBuilder report = new StringBuilder("Jazzer ended with code " + exitCode + ".\n");
    for (Path finding : findings) {
      String input = new String(Files.readAllBytes(finding), StandardCharsets.ISO_8859_1);
      report.append("Reproducer ").append(finding.toAbsolutePath()).append(":\n");
      report.append(input.replaceAll("[^\\n -~]", "?")).append('\n');
    }
    List<String> lines = log.lines().toList();
    int start = log.contains("== Java Exception") ? indexOf(lines, "== Java Exception") : 0;
    lines.stream()
        .skip(Math.max(start, start == 0 ? lines.size() - LAST_LINES : start))
        .limit(LAST_LINES)
        .forEach(line -> report.append(line).append('\n'));
    return report.toString();
  }

  private static int indexOf(List<String> lines, String part) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(part)) {
        return i;
      }
    }
    return 0;
  }
}
