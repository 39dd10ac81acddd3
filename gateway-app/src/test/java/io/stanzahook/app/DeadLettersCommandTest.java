package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code dead-letters} may be called; what it does: {@link DeadLettersIT}. */
class DeadLettersCommandTest {
  private final Output output = new Output();
  private final String tokens;

  DeadLettersCommandTest(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), "# all\nann:pass x@y\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    tokens = "--token-file=" + file;
  }

  private ExitCode execute(String... arguments) {
    return new Program(List.of(new DeadLettersCommand()), "1")
        .execute(List.of(arguments), Map.of(), output.console);
  }

  private void assertRefused(String problem, String... arguments) {
    assertThat(execute(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(output.err()).endsWith(problem + "\n");
  }

  @Test
  void helpShowsItsWords() {
    assertThat(execute("help", "dead-letters")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out())
        .contains("stanzahook dead-letters list|show|redeliver|delete [ID]... [FLAGS]")
        .contains("--token-file=F", "--json");
  }

  @Test
  void whatCannotBeMeantIsSaid() {
    assertRefused("name an action: list, show, redeliver, delete", "dead-letters", tokens);
    assertRefused("unknown action 'lst'; did you mean list?", "dead-letters", "lst", tokens);
    assertRefused("list takes no ids: use show", "dead-letters", "list", "x", tokens);
    assertRefused("show takes one id and no filters", "dead-letters", "show", tokens);
    assertRefused(": one of the three", "dead-letters", "delete", tokens);
    assertRefused(": one of the three", "dead-letters", "redeliver", "x", "--all", tokens);
    assertRefused(
        "--before works only with list", "dead-letters", "delete", "x", "--before=3", tokens);
    assertRefused("--token-file is required", "dead-letters", "list");
    assertRefused(
        "--url: 'ftp://x' is not the URL of a gateway, such as http://127.0.0.1:9797",
        "dead-letters",
        "list",
        "--url=ftp://x",
        tokens);
  }

  @Test
  void aGatewayThatIsNotThereIsNamed() {
    assertThat(execute("dead-letters", "list", "--url=http://127.0.0.1:1", tokens))
        .isEqualTo(ExitCode.FAILED);
    assertThat(output.err()).startsWith("no gateway answers at http://127.0.0.1:1: ");
  }

  @Test
  void nothingPrintedDrivesTheTerminal() {
    assertThat(DeadLetterPrinter.printable("a\u001b[1m\u202eb\n\u0085c€")).isEqualTo("a [1m b  c€");
  }
}
