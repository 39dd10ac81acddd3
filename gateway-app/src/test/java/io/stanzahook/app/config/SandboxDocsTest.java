package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The flags in docs/sandbox.md are what {@link SandboxOptions} declares. To write them anew: {@code
 * mvn -pl gateway-app -am test -Dtest=SandboxDocsTest -Ddocs.write=true}.
 */
class SandboxDocsTest {
  // Tests run in the module's directory.
  private static final Path FILE = Path.of("..", "docs", "sandbox.md");
  private static final String HEADING = "## Flags\n";

  @Test
  void theFlagsAreGeneratedFromTheOptions() throws IOException {
    String page = Files.readString(FILE);
    String upToFlags = page.substring(0, page.indexOf(HEADING) + HEADING.length());
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(FILE, upToFlags + render());
    }
    assertThat(FILE).hasContent(upToFlags + render());
  }

  private static String render() {
    StringBuilder page =
        new StringBuilder(
            """

            <!-- Generated from SandboxOptions.java by SandboxDocsTest: change it there. -->

            | flag | default | meaning |
            |---|---|---|
            """);
    for (Option<?> option : SandboxOptions.OWN) {
      page.append(row(option, option.meaning()));
    }
    page.append(row(SandboxOptions.POST_URL, "your webhook, as for `run`"));
    page.append(row(SandboxOptions.HTTP_LISTEN, SandboxOptions.HTTP_LISTEN.meaning()));
    String others =
        SandboxOptions.SHARED.stream()
            .filter(option -> RunOptions.ALL.contains(option))
            .map(option -> "`" + option.flag() + "`")
            .collect(Collectors.joining(", "));
    page.append("\nAs for `run`, with the same defaults (docs/flags.md): ").append(others);
    page.append(
        """
        .

        Each is an environment variable too, as for `run`; there is no configuration file.
        """);
    return page.toString();
  }

  private static String row(Option<?> option, String meaning) {
    String fallback = option.fallback();
    return "| `%s %s` | %s | %s |%n"
        .formatted(
            option.flag(),
            option.placeholder(),
            fallback == null ? option.absent() : "`" + fallback + "`",
            meaning);
  }
}
