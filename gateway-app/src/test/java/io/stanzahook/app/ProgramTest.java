package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.RunOptions;
import io.stanzahook.signing.SigningKeys;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramTest {
  private final Output output = new Output();

  @Test
  void showsItsVersion() {
    assertThat(execute("--version")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out()).isEqualToIgnoringNewLines("stanzahook 1.2.3");
  }

  @Test
  void theCommandVersionTellsMore() {
    assertThat(execute("version")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out().lines())
        .contains("stanzahook 1.2.3")
        .anyMatch(line -> line.startsWith("commit   "))
        .anyMatch(line -> line.startsWith("java     " + System.getProperty("java.runtime.version")))
        .anyMatch(line -> line.startsWith("system   "));
    assertThat(execute("version", "--no")).isEqualTo(ExitCode.USAGE);
    assertThat(output.err()).isEqualToIgnoringNewLines("unknown flag --no");
  }

  @Test
  void aShellThatIsUnknownIsNamed() {
    assertThat(execute("completion")).isEqualTo(ExitCode.USAGE);
    assertThat(output.err()).isEqualToIgnoringNewLines("name one shell: bash, zsh, fish");
    assertThat(execute("completion", "bsh")).isEqualTo(ExitCode.USAGE);
    assertThat(output.err()).contains("unknown shell 'bsh'; did you mean bash?");
  }

  @Test
  void theManualHasEveryCommandFlagAndKey() {
    assertThat(execute("manual", "program")).isEqualTo(ExitCode.ENDED);
    for (Command command : Main.commands()) {
      assertThat(output.out()).contains("\n.B " + command.name().replace("-", "\\-"));
      for (Option option : command.options()) {
        assertThat(output.out()).contains("\n.B " + option.flag().replace("-", "\\-"));
      }
    }
    assertThat(execute("manual", "file")).isEqualTo(ExitCode.ENDED);
    for (Option option : RunOptions.ALL) {
      if (option.inFile()) {
        assertThat(output.out()).contains("\n.BR \"" + option.key() + "\" ");
      }
    }
    assertThat(execute("manual", "page")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void helpNamesTheCommands() {
    assertThat(execute("help")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out()).contains("run", "check", "secret", "help", "--version");
    assertThat(output.err()).isEmpty();
  }

  @Test
  void helpOfACommandShowsEachFlagWithItsDefault() {
    assertThat(execute("help", "run")).isEqualTo(ExitCode.ENDED);
    for (Option option : RunOptions.ALL) {
      boolean bare = option.isSwitch();
      assertThat(output.out())
          .contains(option.flag() + (bare ? "[=%s]" : "=%s").formatted(option.placeholder()));
    }
    assertThat(output.out()).contains("127.0.0.1:9797").doesNotContain("`");
  }

  @Test
  void aCommandsOwnHelpIsTheSame() {
    assertThat(execute("check", "--queue", "1", "--help")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out()).contains("stanzahook check [FLAGS]", "--post-url=URL");
  }

  @Test
  void withoutACommandItSaysWhatThereIs() {
    assertThat(execute()).isEqualTo(ExitCode.USAGE);
    assertThat(output.err()).contains("run", "check");
    assertThat(output.out()).isEmpty();
  }

  @Test
  void unknownCommandsGetASuggestion() {
    assertThat(execute("rnu")).isEqualTo(ExitCode.USAGE);
    assertThat(output.err()).isEqualToIgnoringNewLines("unknown command 'rnu'; did you mean run?");
  }

  @Test
  void aCommandLikeNoneGetsTheList() {
    assertThat(execute("frobnicate")).isEqualTo(ExitCode.USAGE);
    assertThat(output.err())
        .contains("choose one of run, sandbox, check, ", ", version, ", ", help");
    assertThat(execute("help", "frobnicate")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void flagsBeforeTheCommandAreExplained() {
    assertThat(execute("--secret=hunter2", "run")).isEqualTo(ExitCode.USAGE);
    assertThat(output.err())
        .contains("unknown flag --secret before the command")
        .doesNotContain("hunter2");
  }

  @Test
  void problemsAreLinesOnStderr() {
    assertThat(execute("run", "--queue=x", "--nope")).isEqualTo(ExitCode.USAGE);
    assertThat(output.out()).isEmpty();
    assertThat(output.err().lines())
        .hasSize(5)
        .anyMatch(l -> l.startsWith("--queue: "))
        .anyMatch(l -> l.equals("unknown flag --nope"))
        .anyMatch(l -> l.startsWith("--component is required"));
  }

  @Test
  void aNewSecretStandsAloneOnItsLine() {
    assertThat(execute("secret")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out().lines()).singleElement().asString().startsWith("whsec_").hasSize(50);
    assertThat(SigningKeys.parse(output.out()).kinds()).isEqualTo("v1 (HMAC-SHA256)");
    assertThat(output.err()).isEmpty();
  }

  @Test
  void aNewPairIsAFileAsItIs() {
    assertThat(execute("secret", "--asymmetric")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("whsk_").hasSize(49),
            line -> assertThat(line).startsWith("# public: whpk_").hasSize(59));
    assertThat(SigningKeys.parse(output.out()).kinds()).isEqualTo("v1a (ed25519)");
  }

  @Test
  void aSecretTakesNothingElse() {
    assertThat(execute("secret", "--asymetric", "hunter2")).isEqualTo(ExitCode.USAGE);
    assertThat(output.err())
        .isEqualToIgnoringNewLines("unknown flag --asymetric; did you mean --asymmetric?");
    assertThat(output.out()).isEmpty();
  }

  private ExitCode execute(String... arguments) {
    return new Program(Main.commands(), "1.2.3")
        .execute(Arrays.asList(arguments), Map.of(), output.console);
  }
}
