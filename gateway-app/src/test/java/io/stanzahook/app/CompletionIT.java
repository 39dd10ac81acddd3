package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.RunOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shells themselves read the scripts of {@code completion}, and the manual's reader its pages.
 */
class CompletionIT {
  private static final int PATIENCE_SECONDS = 120;

  private final Path folder;

  CompletionIT(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path written(String... arguments) throws Exception {
    Output output = new Output();
    ExitCode exit =
        new Program(Main.commands(), "1.2.3").execute(List.of(arguments), Map.of(), output.console);
    assertThat(exit).as(output.err()).isEqualTo(ExitCode.ENDED);
    return Files.writeString(folder.resolve("script"), output.out());
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }

  /** What bash would offer after these words. */
  private String bash(String... words) throws Exception {
    Path script = written("completion", "bash");
    StringBuilder call = new StringBuilder("set -u; source '%s'; COMP_WORDS=(".formatted(script));
    for (String word : words) {
      call.append('\'').append(word).append("' ");
    }
    call.append(
        "); COMP_CWORD=%d; _stanzahook; echo \"${COMPREPLY[*]:-}\"".formatted(words.length - 1));
    return run("bash", "-c", call.toString()).strip();
  }

  @Test
  void bashCompletesCommandsFlagsAndValues() throws Exception {
    assertThat(bash("stanzahook", "ch")).isEqualTo("check");
    assertThat(bash("stanzahook", "")).contains("run", "dead-letters", "completion", "help");
    assertThat(bash("stanzahook", "run", "").split(" ", -1))
        .contains(RunOptions.ALL.stream().map(Option::flag).toArray(String[]::new));
    assertThat(bash("stanzahook", "run", "--log-f")).isEqualTo("--log-format");
    assertThat(bash("stanzahook", "run", "--log-format", "")).isEqualTo("text json");
    assertThat(bash("stanzahook", "run", "--log-format", "=")).isEqualTo("text json");
    assertThat(bash("stanzahook", "run", "--log-format", "=", "j")).isEqualTo("json");
    assertThat(bash("stanzahook", "completion", "f")).isEqualTo("fish");
    assertThat(bash("stanzahook", "run", "--config", folder + "/scr")).endsWith("/script");
    assertThat(bash("stanzahook", "run", "--tls", "--tls-n")).isEqualTo("--tls-name");
  }

  @Test
  void fishCompletesThem() throws Exception {
    Path script = written("completion", "fish");
    String[] offered =
        run(
                "fish",
                "--no-config",
                "-c",
                "source '%s'; complete -C 'stanzahook run --log'".formatted(script))
            .split("\n", -1);
    assertThat(offered)
        .anyMatch(line -> line.startsWith("--log-format\t"))
        .anyMatch(line -> line.startsWith("--log-level\t"));
    assertThat(
            run(
                "fish",
                "--no-config",
                "-c",
                "source '%s'; complete -C 'stanzahook run --log-format '".formatted(script)))
        .contains("json")
        .contains("text");
  }

  @Test
  void zshReadsTheScript() throws Exception {
    Path script = written("completion", "zsh");
    assertThat(
            run(
                "zsh",
                "-f",
                "-c",
                "autoload -Uz compinit; compinit -u -D; source '%s'; print $_comps[stanzahook]"
                    .formatted(script)))
        .contains("_stanzahook");
    // What it would hand to _arguments.
    assertThat(
            run(
                "zsh",
                "-f",
                "-c",
                ("compdef() { : }; _arguments() { print -l -- \"$@\" }; source '%s';"
                        + " words=(stanzahook run --log); CURRENT=3; _stanzahook")
                    .formatted(script)))
        .contains("*--log-format=[", ":(text json)", "*--config=[", ":_files");
  }

  @Test
  void groffHasNoComplaintAboutTheManual() throws Exception {
    for (String page : List.of("program", "file")) {
      Path file = written("manual", page);
      assertThat(run("groff", "-man", "-Tutf8", "-ww", "-z", file.toString())).isEmpty();
      assertThat(run("groff", "-man", "-Tutf8", "-P-cbou", file.toString()))
          .contains("127.0.0.1:9797", page.equals("file") ? "post_url" : "--post-url");
    }
  }
}
